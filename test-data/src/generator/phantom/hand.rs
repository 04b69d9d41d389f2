//! A radiograph of a hand.

use super::{Instance, Scene, Series, font};
use crate::generator::{
    canvas::{
        Canvas,
        Ink::{Most, Solid},
    },
    image::{Image, Pixel},
    noise::Grain,
};
use dicom_dictionary_std::{tags, uids};

const COLUMNS: usize = 640;
const ROWS: usize = 832;

/// Where a finger's bones meet: root of the metacarpal, knuckle, the two joints, the tip.
type Finger = [(f32, f32); 5];

const FINGERS: [Finger; 5] = [
    [(-0.26, 0.46), (-0.52, 0.18), (-0.68, -0.07), (-0.76, -0.24), (-0.79, -0.31)],
    [(-0.16, 0.38), (-0.32, -0.12), (-0.40, -0.53), (-0.44, -0.80), (-0.46, -0.96)],
    [(-0.04, 0.36), (-0.07, -0.16), (-0.08, -0.62), (-0.085, -0.93), (-0.09, -1.11)],
    [(0.07, 0.38), (0.17, -0.10), (0.24, -0.52), (0.28, -0.82), (0.30, -0.99)],
    [(0.17, 0.42), (0.37, 0.02), (0.50, -0.28), (0.57, -0.49), (0.61, -0.64)],
];

/// Carpal bones: place and radius.
const CARPALS: [(f32, f32, f32); 8] = [
    (-0.20, 0.52, 0.075),
    (-0.10, 0.49, 0.065),
    (0.00, 0.49, 0.080),
    (0.12, 0.51, 0.075),
    (-0.15, 0.65, 0.080),
    (0.00, 0.65, 0.075),
    (0.12, 0.63, 0.065),
    (0.15, 0.57, 0.050),
];

/// One exposure.
pub(super) fn series(scene: &Scene) -> Series {
    let mut flesh = Canvas::new(COLUMNS, ROWS, 0.0);
    let mut bone = Canvas::new(COLUMNS, ROWS, 0.0);
    for finger in &FINGERS {
        soft(&mut flesh, finger);
        bones(&mut bone, finger);
    }
    flesh.tube((-0.02, 0.30), (0.0, 0.55), (0.44, 0.28), Most(0.42));
    flesh.tube((0.0, 0.6), (0.02, 1.4), (0.28, 0.34), Most(0.42));
    for (x, y, radius) in CARPALS {
        bone.tube((x, y), (x + 0.01, y + 0.01), (radius, radius), Most(0.62));
    }
    shaft(&mut bone, (-0.12, 0.78), (-0.16, 1.5), 0.125, 0.085);
    shaft(&mut bone, (0.16, 0.78), (0.17, 1.5), 0.075, 0.065);
    flesh.soften();
    flesh.add(&bone, 1.0);
    flesh.soften();
    flesh.grain(&Grain::new(scene.seed), 0.012, 1);
    flesh.samples.iter_mut().for_each(|sample| *sample = 4095.0 * (1.0 - (-sample.max(0.0) * 1.55).exp()) + 60.0);
    font::write(&mut flesh, "R", (0.70, 0.95), 0.024, 3900.0);
    let frames = vec![flesh.words(0, 4095)];
    let image = Image { rows: ROWS, columns: COLUMNS, pixel: Pixel::Unsigned(12), frames };
    let attributes = scene
        .attributes()
        .texts(&[
            (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY"),
            (tags::PATIENT_ORIENTATION, "L\\F"),
            (tags::VIEW_POSITION, "PA"),
            (tags::LATERALITY, "R"),
            (tags::KVP, "50"),
            (tags::EXPOSURE, "3"),
        ])
        .decimals(tags::IMAGER_PIXEL_SPACING, &[0.3, 0.3])
        .decimals(tags::WINDOW_CENTER, &[1900.0])
        .decimals(tags::WINDOW_WIDTH, &[3900.0]);
    Series {
        modality: "CR",
        sop_class: uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
        description: "Hand right pa",
        body_part: "HAND",
        instances: vec![Instance { attributes, image: Some(image) }],
    }
}

fn soft(flesh: &mut Canvas, finger: &Finger) {
    for (joint, pair) in finger.windows(2).enumerate() {
        let thick = [0.15, 0.115, 0.105, 0.095, 0.085];
        flesh.tube(pair[0], pair[1], (thick[joint], thick[joint + 1]), Most(0.36));
    }
}

fn bones(bone: &mut Canvas, finger: &Finger) {
    for (joint, pair) in finger.windows(2).enumerate() {
        let thick = [0.052, 0.044, 0.037, 0.030][joint];
        let ((x, y), (dx, dy)) = (pair[0], (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1));
        // a gap for the joint's cartilage
        let gap = 0.062 / (dx * dx + dy * dy).sqrt();
        let (near, far) = (gap, 1.0 - gap);
        shaft(bone, (x + dx * near, y + dy * near), (x + dx * far, y + dy * far), thick * 1.35, thick * 1.1);
    }
}

/// A long bone: thick ends, a thinner shaft whose wall is denser than its marrow.
fn shaft(bone: &mut Canvas, from: (f32, f32), to: (f32, f32), near: f32, far: f32) {
    let middle = |u: f32| (from.0 + (to.0 - from.0) * u, from.1 + (to.1 - from.1) * u);
    let waist = near.min(far) * 0.72;
    bone.tube(from, middle(0.35), (near, waist), Most(0.62));
    bone.tube(middle(0.30), middle(0.70), (waist, waist), Most(0.74));
    bone.tube(middle(0.65), to, (waist, far), Most(0.62));
    bone.tube(middle(0.25), middle(0.75), (waist * 0.45, waist * 0.45), Solid(-0.16));
}
