//! Ultrasound of a beating heart: a sector with speckle.

use super::{Instance, Scene, Series, font};
use crate::generator::{
    canvas::{Canvas, Ink::Set, ellipse},
    image::{Image, Pixel},
    noise::{Grain, clouds},
};
use dicom_dictionary_std::{tags, uids};
use std::f32::consts::TAU;

const COLUMNS: usize = 480;
const ROWS: usize = 360;
const FRAMES: usize = 16;
/// Where the transducer touches the skin.
const APEX: f32 = -0.72;
/// Half the sector's angle, and how deep it looks, in half widths.
const HALF_ANGLE: f32 = 0.68;
const DEPTH: f32 = 1.40;
const FRAME_MS: f64 = 40.0;

/// One loop of a heartbeat.
pub(super) fn series(scene: &Scene) -> Series {
    let speckle = speckle(scene.seed);
    let grain = Grain::new(scene.seed);
    let frames = (0..FRAMES).map(|number| frame(number, &speckle, &grain)).collect();
    let image = Image { rows: ROWS, columns: COLUMNS, pixel: Pixel::Rgb, frames };
    // Cine, Multi-frame and US Image modules, and the region's calibration (PS3.3 C.7.6.5, C.7.6.6, C.8.5.5, C.8.5.6)
    let region = scene
        .attributes()
        .words(tags::REGION_SPATIAL_FORMAT, &[1])
        .words(tags::REGION_DATA_TYPE, &[1])
        .longs(tags::REGION_FLAGS, &[0])
        .longs(tags::REGION_LOCATION_MIN_X0, &[20])
        .longs(tags::REGION_LOCATION_MIN_Y0, &[4])
        .longs(tags::REGION_LOCATION_MAX_X1, &[460])
        .longs(tags::REGION_LOCATION_MAX_Y1, &[350])
        .words(tags::PHYSICAL_UNITS_X_DIRECTION, &[3])
        .words(tags::PHYSICAL_UNITS_Y_DIRECTION, &[3])
        .double(tags::PHYSICAL_DELTA_X, 0.045)
        .double(tags::PHYSICAL_DELTA_Y, 0.045);
    let attributes = scene
        .attributes()
        .texts(&[
            (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\TTE\\0001"),
            (tags::PATIENT_ORIENTATION, ""),
            (tags::LOSSY_IMAGE_COMPRESSION, "00"),
        ])
        .words(tags::ULTRASOUND_COLOR_DATA_PRESENT, &[0])
        .integer(tags::HEART_RATE, 75)
        .decimals(tags::FRAME_TIME, &[FRAME_MS])
        .pointer(tags::FRAME_INCREMENT_POINTER, tags::FRAME_TIME)
        .integer(tags::CINE_RATE, 25)
        .integer(tags::RECOMMENDED_DISPLAY_FRAME_RATE, 25)
        .sequence(tags::SEQUENCE_OF_ULTRASOUND_REGIONS, vec![region]);
    Series {
        modality: "US",
        sop_class: uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE,
        description: "A4C",
        body_part: "HEART",
        instances: vec![Instance { attributes, image: Some(image) }],
    }
}

/// Interference between scatterers: fine along the beam, coarser across it and with depth; nothing outside the sector.
fn speckle(seed: u64) -> Canvas {
    let mut canvas = Canvas::new(COLUMNS, ROWS, 0.0);
    canvas.map(|place, _| {
        let (depth, angle) = polar(place);
        if angle.abs() >= HALF_ANGLE || !(0.05..DEPTH).contains(&depth) {
            return 0.0;
        }
        let gain = 1.15 - 0.35 * (depth / DEPTH);
        let wave = clouds(angle * 34.0, depth * 42.0, seed);
        let slow = clouds(angle * 4.0, depth * 6.0, seed + 40);
        gain * (0.42 + 1.05 * wave.abs().powf(0.8)) * (1.0 + 0.35 * slow)
    });
    canvas
}

fn polar((x, y): (f32, f32)) -> (f32, f32) {
    let below = y - APEX;
    ((x * x + below * below).sqrt(), x.atan2(below))
}

fn frame(number: usize, speckle: &Canvas, grain: &Grain) -> Vec<u8> {
    let phase = number as f32 / FRAMES as f32;
    let squeeze = (phase * TAU / 2.0).sin().powi(2);
    let mut tissue = anatomy(squeeze);
    for _ in 0..2 {
        tissue.soften();
    }
    tissue.grain(grain, 0.035, number as u64);
    let mut bytes = Vec::with_capacity(ROWS * COLUMNS * 3);
    let mut over = Canvas::new(COLUMNS, ROWS, 0.0);
    font::write(&mut over, "TTE A4C  25 FPS", (-0.96, -0.70), 0.0065, 1.0);
    font::write(&mut over, "75 BPM", (0.76, 0.60), 0.0065, 1.0);
    let trace = trace(phase);
    for (index, sample) in tissue.samples.iter().enumerate() {
        let echo = (sample * speckle.samples[index]).clamp(0.0, 1.0);
        // faint echoes are lifted, as on a scanner
        let light = 255.0 * (echo.sqrt() * 0.5 + echo * 0.5).max(over.samples[index]);
        let line = trace.samples[index];
        // the grey map of a scanner is a little warm
        let warm = |tint: f32, green: f32| (light * tint * (1.0 - line) + green * line) as u8;
        bytes.extend([warm(1.0, 0.0), warm(0.97, 230.0), warm(0.90, 110.0)]);
    }
    bytes
}

/// The four chambers seen from the apex; `squeeze` is 0 when they are full and 1 when they are empty.
fn anatomy(squeeze: f32) -> Canvas {
    let mut tissue = Canvas::new(COLUMNS, ROWS, 0.24);
    let (muscle, blood) = (Set(0.50), Set(0.035));
    tissue.ellipse(ellipse(0.03, 0.02, 0.50, 0.66), Set(0.85));
    tissue.ellipse(ellipse(0.03, 0.02, 0.475, 0.64), muscle);
    let (narrow, short) = (1.0 - 0.34 * squeeze, 1.0 - 0.17 * squeeze);
    let plane = 0.16 - 0.07 * squeeze;
    tissue.ellipse(ellipse(0.20, -0.16, 0.165 * narrow, 0.36 * short).turned(-0.16), blood);
    tissue.ellipse(ellipse(-0.17, -0.10, 0.125 * narrow, 0.28 * short).turned(0.18), blood);
    let filled = 1.0 + 0.18 * squeeze;
    tissue.ellipse(ellipse(0.21, 0.38, 0.16 * filled, 0.165 * filled), blood);
    tissue.ellipse(ellipse(-0.17, 0.37, 0.15 * filled, 0.155 * filled), blood);
    // valves: open while the chambers fill, a line across while they empty
    let open = (1.0 - squeeze * 2.2).max(0.0) * 0.16;
    for (hinges, valve) in [((0.07, 0.36), 0.215), ((-0.29, -0.05), -0.17)] {
        for (hinge, side) in [(hinges.0, -1.0), (hinges.1, 1.0)] {
            let tip = (valve + side * (0.012 + open * 0.45), plane + 0.02 - open);
            tissue.tube((hinge, plane + 0.04), tip, (0.012, 0.009), Set(0.95));
        }
    }
    tissue
}

/// The electrocardiogram, swept up to the moment of the frame.
fn trace(phase: f32) -> Canvas {
    let mut canvas = Canvas::new(COLUMNS, ROWS, 0.0);
    let wave = |u: f32| {
        let bump = |at: f32, width: f32, height: f32| height * (-((u.fract() - at) / width).powi(2)).exp();
        0.68 - bump(0.30, 0.035, 0.018) + bump(0.43, 0.012, 0.015) - bump(0.46, 0.012, 0.11) + bump(0.49, 0.012, 0.025)
            - bump(0.72, 0.05, 0.028)
    };
    let steps = (200.0 * (0.5 + phase * 0.5)) as usize;
    let points = (0..=steps).map(|step| {
        let u = step as f32 / 200.0;
        (-0.95 + 1.9 * u, wave(u * 2.0))
    });
    canvas.path(&points.collect::<Vec<_>>(), 0.0045, Set(1.0));
    canvas
}
