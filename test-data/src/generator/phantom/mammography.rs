//! Mammograms of both sides in the oblique view.

use super::{Instance, Scene, Series, font, viewed};
use crate::generator::{
    canvas::{
        Canvas,
        Ink::{Add, Most, Solid},
        ellipse,
    },
    image::{Image, Pixel},
    noise::{Dice, Grain, clouds},
};
use dicom_dictionary_std::{tags, uids};

const COLUMNS: usize = 768;
const ROWS: usize = 1024;

/// The two exposures.
pub(super) fn series(scene: &Scene) -> Series {
    let mut dice = scene.dice();
    Series {
        modality: "MG",
        sop_class: uids::DIGITAL_MAMMOGRAPHY_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
        description: "MLO",
        body_part: "BREAST",
        instances: ["R", "L"].map(|side| exposure(scene, &mut dice, side)).into(),
    }
}

fn exposure(scene: &Scene, dice: &mut Dice, side: &str) -> Instance {
    let mut canvas = breast(dice, scene.seed + u64::from(side == "L"));
    if side == "R" {
        canvas.samples.chunks_exact_mut(COLUMNS).for_each(<[f32]>::reverse);
    }
    let place = if side == "R" { (-0.92, -1.2) } else { (0.52, -1.2) };
    font::write(&mut canvas, &format!("{side} MLO"), place, 0.014, 3600.0);
    let frames = vec![canvas.words(0, 4095)];
    let image = Image { rows: ROWS, columns: COLUMNS, pixel: Pixel::Unsigned(12), frames };
    Instance { attributes: attributes(scene, side), image: Some(image) }
}

fn breast(dice: &mut Dice, seed: u64) -> Canvas {
    let mut canvas = Canvas::new(COLUMNS, ROWS, 0.0);
    let (deep, high) = (dice.between(1.28, 1.48), dice.between(0.98, 1.10));
    for shrink in [0.0, 0.012, 0.03, 0.06] {
        canvas.ellipse(ellipse(-1.0, 0.12, deep - shrink, high - shrink), Add(0.09));
    }
    canvas.ellipse(ellipse(-1.0, 0.12, deep, high), Solid(0.22));
    let mut gland = Canvas::new(COLUMNS, ROWS, 0.0);
    gland.ellipse(ellipse(-0.62, 0.16, deep * 0.62, high * 0.62), Solid(1.0));
    gland.map(|(x, y), value| {
        if value <= 0.0 {
            return 0.0;
        }
        // strands run toward the nipple
        let (dx, dy) = (x + 1.0 - deep, y - 0.12);
        let (angle, distance) = (dy.atan2(dx), (dx * dx + dy * dy).sqrt());
        let strands = clouds(angle * 9.0, distance * 3.2, seed);
        value * (0.30 + 0.55 * clouds(x * 4.0, y * 4.0, seed + 9) + 0.45 * strands).max(0.0)
    });
    canvas.add(&gland, 0.52);
    let mut layer = Canvas::new(COLUMNS, ROWS, 0.0);
    // the pectoral muscle fills the upper corner
    layer.tube((-1.15, -1.7), (-1.22, 0.10), (0.72, 0.06), Most(0.42));
    for _ in 0..5 {
        let y = dice.between(-0.5, 0.8);
        let wave = dice.between(0.05, 0.16);
        let line = (0..14).map(|step| {
            let u = step as f32 / 13.0;
            (-1.0 + u * deep * 0.86, y + (0.12 - y) * u * u + wave * (u * 7.0).sin() * 0.4)
        });
        layer.path(&line.collect::<Vec<_>>(), 0.009, Most(0.10));
    }
    layer.ellipse(ellipse(-1.0 + deep + 0.01, 0.12, 0.045, 0.05), Most(0.22));
    for _ in 0..4 {
        layer.soften();
    }
    canvas.add(&layer, 1.0);
    let (x, y) = (dice.between(-0.65, -0.25), dice.between(-0.2, 0.4));
    for _ in 0..9 {
        let spot = (x + 0.04 * dice.normal(), y + 0.04 * dice.normal());
        canvas.tube(spot, (spot.0 + 0.004, spot.1), (0.005, 0.004), Add(0.5));
    }
    canvas.soften();
    canvas.grain(&Grain::new(seed), 0.007, 1);
    canvas.samples.iter_mut().for_each(|sample| *sample = 3900.0 * (1.0 - (-1.35 * sample.max(0.0)).exp()));
    canvas
}

/// DX and Mammography modules (PS3.3 C.8.11).
fn attributes(scene: &Scene, side: &str) -> super::Attributes {
    let orientation = if side == "R" { "P\\FL" } else { "A\\FR" };
    let attributes = scene
        .attributes()
        .texts(&[
            (tags::IMAGE_TYPE, "DERIVED\\PRIMARY\\"),
            (tags::PRESENTATION_INTENT_TYPE, "FOR PRESENTATION"),
            (tags::PRESENTATION_LUT_SHAPE, "IDENTITY"),
            (tags::PIXEL_INTENSITY_RELATIONSHIP, "LOG"),
            (tags::RESCALE_INTERCEPT, "0"),
            (tags::RESCALE_SLOPE, "1"),
            (tags::RESCALE_TYPE, "US"),
            (tags::LOSSY_IMAGE_COMPRESSION, "00"),
            (tags::BURNED_IN_ANNOTATION, "NO"),
            (tags::IMAGE_LATERALITY, side),
            (tags::PATIENT_ORIENTATION, orientation),
            (tags::POSITIONER_TYPE, "MAMMOGRAPHIC"),
            (tags::VIEW_POSITION, "MLO"),
            (tags::DETECTOR_TYPE, "DIRECT"),
            (tags::BREAST_IMPLANT_PRESENT, "NO"),
            (tags::ORGAN_EXPOSED, "BREAST"),
            (tags::KVP, "29"),
            (tags::BODY_PART_THICKNESS, "52"),
            (tags::COMPRESSION_FORCE, "98"),
        ])
        .signed_word(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN, -1)
        .decimals(tags::IMAGER_PIXEL_SPACING, &[0.25, 0.25])
        .decimals(tags::WINDOW_CENTER, &[1900.0])
        .decimals(tags::WINDOW_WIDTH, &[3800.0]);
    viewed(attributes, ("76752008", "SCT", "Breast"), ("399368009", "SCT", "medio-lateral oblique"))
}
