//! Radiographs of the chest: what a ray from back to front is weakened by.

use super::{Instance, Scene, Series, font, viewed};
use crate::generator::{
    canvas::{Canvas, Ink, ellipse},
    image::{Image, Pixel},
    noise::{Dice, Grain},
};
use Ink::{Add, Most, Solid};
use dicom_dictionary_std::{tags, uids};
use std::f32::consts::FRAC_PI_2;

const SIDE: usize = 1024;
/// The most a pixel of 12 bits holds.
const WHITE: f32 = 4095.0;

/// Digital radiography, stored as seen.
pub(super) fn dx(scene: &Scene) -> Series {
    let canvas = chest(scene.seed, &mut scene.dice());
    let image = Image { rows: SIDE, columns: SIDE, pixel: Pixel::Unsigned(12), frames: vec![canvas.words(0, 4095)] };
    // DX Series, DX Image, DX Anatomy Imaged and DX Positioning modules (PS3.3 C.8.11)
    let attributes = projected(scene, "DERIVED\\PRIMARY\\", "IDENTITY")
        .texts(&[
            (tags::PRESENTATION_INTENT_TYPE, "FOR PRESENTATION"),
            (tags::IMAGE_LATERALITY, "U"),
            (tags::PIXEL_INTENSITY_RELATIONSHIP, "LOG"),
            (tags::RESCALE_INTERCEPT, "0"),
            (tags::RESCALE_SLOPE, "1"),
            (tags::RESCALE_TYPE, "US"),
            (tags::BURNED_IN_ANNOTATION, "NO"),
            (tags::POSITIONER_TYPE, "NONE"),
            (tags::DETECTOR_TYPE, "DIRECT"),
        ])
        .signed_word(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN, -1)
        .decimals(tags::IMAGER_PIXEL_SPACING, &[0.39, 0.39])
        .decimals(tags::WINDOW_CENTER, &[2048.0])
        .decimals(tags::WINDOW_WIDTH, &[4096.0]);
    let view = ("399348003", "SCT", "antero-posterior");
    let attributes = viewed(attributes, ("51185008", "SCT", "Chest"), view);
    Series {
        modality: "DX",
        sop_class: uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
        description: "Chest AP",
        body_part: "CHEST",
        instances: vec![Instance { attributes, image: Some(image) }],
    }
}

/// Computed radiography, stored inverted: small values are bright.
pub(super) fn cr(scene: &Scene) -> Series {
    let mut canvas = chest(scene.seed, &mut scene.dice());
    canvas.samples.iter_mut().for_each(|sample| *sample = (WHITE - *sample) / 4.0);
    let image = Image { rows: SIDE, columns: SIDE, pixel: Pixel::Inverted(10), frames: vec![canvas.words(0, 1023)] };
    let attributes = projected(scene, "ORIGINAL\\PRIMARY", "INVERSE")
        .text(tags::VIEW_POSITION, "PA")
        .decimals(tags::IMAGER_PIXEL_SPACING, &[0.39, 0.39])
        .decimals(tags::WINDOW_CENTER, &[512.0])
        .decimals(tags::WINDOW_WIDTH, &[1024.0]);
    Series {
        modality: "CR",
        sop_class: uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
        description: "Thorax pa",
        body_part: "CHEST",
        instances: vec![Instance { attributes, image: Some(image) }],
    }
}

fn projected(scene: &Scene, image_type: &str, shape: &str) -> super::Attributes {
    scene.attributes().texts(&[
        (tags::IMAGE_TYPE, image_type),
        (tags::PRESENTATION_LUT_SHAPE, shape),
        (tags::LOSSY_IMAGE_COMPRESSION, "00"),
        (tags::PATIENT_ORIENTATION, "L\\F"),
        (tags::KVP, "117"),
        (tags::EXPOSURE, "2"),
        (tags::ACQUISITION_NUMBER, "1"),
    ])
}

fn chest(seed: u64, dice: &mut Dice) -> Canvas {
    let mut canvas = Canvas::new(SIDE, SIDE, 0.0);
    let size = dice.between(0.95, 1.04);
    trunk(&mut canvas, size);
    middle(&mut canvas, size * dice.between(0.9, 1.1));
    let mut layer = Canvas::new(SIDE, SIDE, 0.0);
    for side in [-1.0, 1.0] {
        vessels(&mut layer, dice, (side * 0.14, 0.02), if side < 0.0 { 2.6 } else { 0.5 }, 0.030, 5);
    }
    canvas.add(&layer, 0.30);
    layer.samples.fill(0.0);
    skeleton(&mut layer, size);
    canvas.add(&layer, 1.0);
    canvas.soften();
    canvas.grain(&Grain::new(seed), 0.012, 1);
    // film: the logarithm of what came through, bent a little at both ends
    canvas.samples.iter_mut().for_each(|sample| *sample = WHITE * (1.0 - (-(sample.max(0.0) * 0.95).powf(1.35)).exp()));
    font::write(&mut canvas, "L", (0.80, -0.90), 0.018, WHITE * 0.97);
    canvas
}

fn trunk(canvas: &mut Canvas, size: f32) {
    let mut flesh = Canvas::new(SIDE, SIDE, 0.0);
    flesh.ellipse(ellipse(0.0, 0.75, 0.97 * size, 1.75), Most(1.05));
    flesh.tube((0.0, -1.3), (0.0, -0.6), (0.24, 0.30), Most(0.95));
    for side in [-1.0, 1.0] {
        flesh.tube((side * 0.15, -0.72), (side * 1.05, -0.42), (0.26, 0.34), Most(1.0));
    }
    canvas.add(&flesh, 1.0);
    for (side, width) in [(-1.0, 0.37), (1.0, 0.35)] {
        let at = side * 0.43 * size;
        let lung = |shrink: f32| ellipse(at, 0.02, (width - shrink) * size, 0.76 - shrink).turned(side * 0.10);
        for shrink in [0.0, 0.015, 0.03, 0.045] {
            canvas.ellipse(lung(shrink), Add(-0.075));
        }
        canvas.ellipse(lung(0.0), Solid(-0.48));
    }
    // the domes of the diaphragm, the right one higher
    let mut below = Canvas::new(SIDE, SIDE, 0.0);
    below.ellipse(ellipse(-0.48 * size, 1.06, 0.62, 0.54), Add(0.62));
    let mut left = Canvas::new(SIDE, SIDE, 0.0);
    left.ellipse(ellipse(0.50 * size, 1.14, 0.60, 0.54), Add(0.57));
    below.samples.iter_mut().zip(&left.samples).for_each(|(sample, other)| *sample = sample.max(*other));
    for _ in 0..4 {
        below.soften();
    }
    canvas.add(&below, 1.0);
    canvas.ellipse(ellipse(0.50, 0.78, 0.13, 0.08), Solid(-0.35));
}

fn middle(canvas: &mut Canvas, size: f32) {
    let mut shade = Canvas::new(SIDE, SIDE, 0.0);
    shade.ellipse(ellipse(0.0, -0.10, 0.17, 0.95), Most(0.50));
    shade.ellipse(ellipse(0.17, 0.37, 0.38 * size, 0.27 * size).turned(0.55), Most(0.72));
    shade.ellipse(ellipse(-0.06, 0.33, 0.20 * size, 0.27), Most(0.62));
    shade.ellipse(ellipse(0.13, -0.24, 0.10, 0.11), Most(0.52));
    shade.ellipse(ellipse(0.14, 0.0, 0.10, 0.16), Most(0.50));
    shade.soften();
    canvas.add(&shade, 1.0);
    canvas.tube((0.0, -1.0), (0.0, -0.20), (0.050, 0.050), Solid(-0.22));
    canvas.tube((0.0, -0.20), (-0.16, -0.04), (0.042, 0.032), Solid(-0.16));
    canvas.tube((0.0, -0.20), (0.17, 0.0), (0.042, 0.030), Solid(-0.16));
}

/// Branches and branches of branches.
fn vessels(layer: &mut Canvas, dice: &mut Dice, from: (f32, f32), toward: f32, radius: f32, depth: usize) {
    if depth == 0 {
        return;
    }
    for branch in 0..3 {
        let angle = toward + (branch as f32 - 1.0) * 0.62 + dice.between(-0.25, 0.25);
        let length = dice.between(0.09, 0.19);
        let to = (from.0 + angle.cos() * length * 0.85, from.1 + angle.sin() * length);
        let thin = radius * 0.62;
        layer.tube(from, to, (radius, thin), Most(radius * 22.0));
        vessels(layer, dice, to, angle, thin, depth - 1);
    }
}

fn skeleton(layer: &mut Canvas, size: f32) {
    for step in 0..17 {
        let y = -1.0 + step as f32 * 0.128;
        layer.tube((-0.055, y + 0.03), (-0.055, y + 0.085), (0.035, 0.035), Most(0.20));
        layer.tube((0.055, y + 0.03), (0.055, y + 0.085), (0.035, 0.035), Most(0.20));
        layer.tube((0.0, y + 0.025), (0.0, y + 0.09), (0.075, 0.075), Most(0.26));
    }
    for side in [-1.0, 1.0] {
        for rib in 0..10 {
            ribs(layer, side, rib as f32, size);
        }
        let clavicle = [(0.08, -0.60), (0.22, -0.69), (0.42, -0.73), (0.62, -0.80), (0.78, -0.80)];
        layer.path(&clavicle.map(|(x, y)| (side * x, y)), 0.032, Most(0.34));
        let scapula = [(0.80, -0.72), (0.66, -0.60), (0.70, -0.30), (0.80, 0.02), (0.86, -0.30), (0.88, -0.62)];
        layer.path(&scapula.map(|(x, y)| (side * x, y)), 0.030, Most(0.17));
        layer.ellipse(ellipse(side * 0.97, -0.66, 0.12, 0.13), Most(0.38));
        layer.tube((side * 1.0, -0.62), (side * 1.06, 0.0), (0.10, 0.075), Most(0.36));
    }
}

/// A rib: from the spine outward and down behind, then inward and further down in front, fainter.
fn ribs(layer: &mut Canvas, side: f32, rib: f32, size: f32) {
    let reach = size * (0.50 + 0.34 * ((rib + 1.0) / 6.0).min(1.0).sqrt());
    let top = -0.80 + rib * 0.152;
    let behind = (0..=14).map(|step| {
        let u = step as f32 / 14.0;
        (side * (0.06 + (reach - 0.06) * (u * FRAC_PI_2).sin()), top - 0.07 * (u * 3.0).sin() + 0.26 * u * u)
    });
    let behind = behind.collect::<Vec<_>>();
    layer.path(&behind, 0.030, Most(0.205));
    layer.path(&behind, 0.019, Most(0.17));
    let front = (0..=12).map(|step| {
        let u = step as f32 / 12.0;
        (side * (reach - (reach - 0.26) * (1.0 - (u * FRAC_PI_2).cos())), top + 0.26 + 0.34 * (u * FRAC_PI_2).sin())
    });
    if rib < 7.0 {
        layer.path(&front.collect::<Vec<_>>(), 0.034, Most(0.115));
    }
}
