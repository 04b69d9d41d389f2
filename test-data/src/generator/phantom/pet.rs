//! PET: slices of a trunk, and a projection of a whole body.

use super::{Instance, Scene, Series, axial, bones};
use crate::generator::{
    attributes::Attributes,
    canvas::{
        Canvas,
        Ink::{Most, Set},
        ellipse,
    },
    image::{Image, Pixel},
    noise::{Dice, Grain},
};
use dicom_dictionary_std::{tags, uids};

const SIDE: usize = 128;
const SLICES: usize = 32;

/// A PET of the trunk with FDG, axial.
pub(super) fn series(scene: &Scene) -> Series {
    let mut dice = scene.dice();
    let tumours: Vec<[f32; 3]> =
        (0..3).map(|_| [dice.between(-0.3, 0.3), dice.between(-0.15, 0.2), dice.between(0.3, 0.7)]).collect();
    let grain = Grain::new(scene.seed);
    let slices = (0..SLICES).map(|index| {
        let mut canvas = uptake((index as f32 + 0.5) / SLICES as f32, &tumours);
        for _ in 0..3 {
            canvas.soften();
        }
        canvas.samples.iter_mut().for_each(|sample| *sample = sample.max(0.0));
        canvas.grain(&grain, 110.0, index as u64);
        let image =
            Image { rows: SIDE, columns: SIDE, pixel: Pixel::Unsigned(16), frames: vec![canvas.words(0, 32767)] };
        Instance { attributes: attributes_of(scene, index), image: Some(image) }
    });
    Series {
        modality: "PT",
        sop_class: uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
        description: "WB FDG AC",
        body_part: "CHEST",
        instances: slices.collect(),
    }
}

/// What a slice takes up, in Bq/ml; `t` runs from the neck to the pelvis.
fn uptake(t: f32, tumours: &[[f32; 3]]) -> Canvas {
    let mut canvas = Canvas::new(SIDE, SIDE, 0.0);
    let near = |at: f32, reach: f32| (1.0 - ((t - at) / reach).powi(2)).max(0.0).sqrt();
    canvas.ellipse(ellipse(0.0, 0.0, 0.66, 0.44), Set(1900.0));
    canvas.ellipse(ellipse(0.0, 0.0, 0.60, 0.38), Set(2600.0));
    let lungs = near(0.28, 0.27);
    for side in [-1.0, 1.0] {
        canvas.ellipse(ellipse(side * 0.30, 0.0, 0.22 * lungs, 0.29 * lungs), Set(1000.0));
        let kidney = near(0.70, 0.12);
        canvas.ellipse(ellipse(side * 0.24, 0.16, 0.09 * kidney, 0.11 * kidney), Set(13000.0));
    }
    let heart = near(0.42, 0.11);
    canvas.ellipse(ellipse(0.14, -0.08, 0.19 * heart, 0.17 * heart), Set(14000.0));
    canvas.ellipse(ellipse(0.13, -0.07, 0.11 * heart, 0.09 * heart), Set(4000.0));
    let liver = near(0.58, 0.13);
    canvas.ellipse(ellipse(-0.22, -0.02, 0.32 * liver, 0.28 * liver), Set(6200.0));
    let spleen = near(0.57, 0.09);
    canvas.ellipse(ellipse(0.40, 0.10, 0.10 * spleen, 0.15 * spleen), Set(5200.0));
    let bladder = near(0.97, 0.09);
    canvas.ellipse(ellipse(0.0, -0.08, 0.15 * bladder, 0.13 * bladder), Set(26000.0));
    canvas.ellipse(ellipse(0.0, 0.24, 0.085, 0.07), Set(4300.0));
    for [x, y, height] in tumours {
        let radius = 0.065 * near(*height, 0.06);
        canvas.ellipse(ellipse(*x, *y, radius, radius), Set(22000.0));
    }
    canvas
}

/// PET Series, PET Isotope and PET Image modules (PS3.3 C.8.9).
fn attributes_of(scene: &Scene, index: usize) -> Attributes {
    let tracer = scene
        .attributes()
        .texts(&[
            (tags::RADIOPHARMACEUTICAL, "FDG"),
            (tags::RADIONUCLIDE_TOTAL_DOSE, "350000000"),
            (tags::RADIONUCLIDE_HALF_LIFE, "6588"),
            (tags::RADIONUCLIDE_POSITRON_FRACTION, "0.97"),
        ])
        .code(tags::RADIONUCLIDE_CODE_SEQUENCE, ("77004003", "SCT", "^18^Fluorine"));
    let attributes = scene.attributes().texts(&[
        (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY"),
        (tags::SERIES_TYPE, "WHOLE BODY\\IMAGE"),
        (tags::UNITS, "BQML"),
        (tags::COUNTS_SOURCE, "EMISSION"),
        (tags::CORRECTED_IMAGE, "NORM\\DTIM\\ATTN\\SCAT\\DECY"),
        (tags::DECAY_CORRECTION, "START"),
        (tags::COLLIMATOR_TYPE, "NONE"),
        (tags::RANDOMS_CORRECTION_METHOD, "DLYD"),
        (tags::FRAME_REFERENCE_TIME, "0"),
        (tags::ACTUAL_FRAME_DURATION, "120000"),
        (tags::DECAY_FACTOR, "1"),
        (tags::RESCALE_INTERCEPT, "0"),
        (tags::RESCALE_SLOPE, "1"),
    ]);
    let slices = u16::try_from(SLICES).unwrap_or(u16::MAX);
    axial(attributes, index, SIDE, 5.0, 15.0)
        .words(tags::NUMBER_OF_SLICES, &[slices])
        .words(tags::IMAGE_INDEX, &[index as u16 + 1])
        .decimals(tags::WINDOW_CENTER, &[5500.0])
        .decimals(tags::WINDOW_WIDTH, &[11000.0])
        .sequence(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![tracer])
        .sequence(tags::PATIENT_ORIENTATION_CODE_SEQUENCE, vec![])
        .sequence(tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE, vec![])
}

/// A coronal projection of a whole body with FDG, from 0 to 255: what a palette colours.
pub(super) fn projection(columns: usize, rows: usize, dice: &mut Dice) -> Canvas {
    let mut canvas = Canvas::new(columns, rows, 0.0);
    // the body is three half widths high in both directions; so is a canvas with three times as many rows as columns
    bones::body(&mut canvas, 52.0);
    let organs = [
        (0.0, -2.58, 0.19, 0.19, 235.0),
        (0.10, -1.42, 0.15, 0.14, 175.0),
        (-0.17, -1.02, 0.28, 0.17, 120.0),
        (0.28, -1.02, 0.10, 0.12, 105.0),
        (-0.20, -0.80, 0.08, 0.12, 170.0),
        (0.20, -0.80, 0.08, 0.12, 170.0),
        (0.0, -0.16, 0.11, 0.10, 252.0),
    ];
    for (x, y, rx, ry, heat) in organs {
        canvas.ellipse(ellipse(x, y, rx, ry), Most(heat));
    }
    for _ in 0..4 {
        let (x, y) = (dice.between(-0.33, 0.33), dice.between(-1.8, -0.4));
        canvas.ellipse(ellipse(x, y, 0.05, 0.05), Most(250.0));
    }
    for _ in 0..3 {
        canvas.soften();
    }
    canvas.samples.iter_mut().for_each(|sample| *sample = (*sample + 3.0 * dice.normal()).clamp(0.0, 255.0));
    canvas
}
