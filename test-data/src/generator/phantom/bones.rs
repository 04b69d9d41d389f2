//! A bone scan: what takes up the tracer shines.

use super::{Instance, Scene, Series};
use crate::generator::{
    attributes::Attributes,
    canvas::{Canvas, Ink::Most, ellipse},
    image::{Image, Pixel},
};
use dicom_dictionary_std::{tags, uids};

const COLUMNS: usize = 256;
const ROWS: usize = 768;

/// A whole-body bone scan: one frame from the front, one from the back.
pub(super) fn series(scene: &Scene) -> Series {
    let mut dice = scene.dice();
    let spots: Vec<(f32, f32)> = (0..4).map(|_| (dice.between(-0.35, 0.35), dice.between(-1.3, 0.3))).collect();
    let frames = ["ANTERIOR", "POSTERIOR"].map(|side| {
        let mut counts = skeleton(side, &spots);
        for _ in 0..2 {
            counts.soften();
        }
        // counts scatter by their square root
        counts
            .samples
            .iter_mut()
            .for_each(|sample| *sample = (*sample + sample.max(0.0).sqrt() * 1.1 * dice.normal()).max(0.0));
        counts.words(0, 4095)
    });
    let image = Image { rows: ROWS, columns: COLUMNS, pixel: Pixel::Unsigned(16), frames: frames.into() };
    Series {
        modality: "NM",
        sop_class: uids::NUCLEAR_MEDICINE_IMAGE_STORAGE,
        description: "WB Tc-99m MDP",
        body_part: "WHOLEBODY",
        instances: vec![Instance { attributes: attributes(scene), image: Some(image) }],
    }
}

fn skeleton(side: &str, spots: &[(f32, f32)]) -> Canvas {
    let mut counts = Canvas::new(COLUMNS, ROWS, 1.0);
    let behind = side == "POSTERIOR";
    body(&mut counts, 16.0);
    let spine = if behind { 150.0 } else { 105.0 };
    counts.ellipse(ellipse(0.0, -2.52, 0.21, 0.27), Most(115.0));
    for step in 0..15 {
        let y = -2.05 + step as f32 * 0.125;
        counts.tube((0.0, y), (0.0, y + 0.05), (0.075, 0.075), Most(spine));
    }
    for left in [-1.0, 1.0] {
        half(&mut counts, left, behind);
    }
    counts.ellipse(ellipse(0.0, -0.12, 0.10, 0.08), Most(if behind { 130.0 } else { 260.0 }));
    for (x, y) in spots {
        let x = if behind { -x } else { *x };
        counts.ellipse(ellipse(x, *y, 0.05, 0.045), Most(300.0));
    }
    counts
}

/// Ribs, limbs and half the pelvis; `left` is -1 or 1.
fn half(counts: &mut Canvas, left: f32, behind: bool) {
    for rib in 0..9 {
        let (y, reach) = (-1.85 + rib as f32 * 0.115, 0.30 + 0.03 * rib as f32);
        let drop = if behind { 0.10 } else { 0.16 };
        counts.path(
            &[(left * 0.06, y), (left * reach * 0.8, y + 0.02), (left * reach.min(0.48), y + drop)],
            0.024,
            Most(72.0),
        );
    }
    let limbs: [&[(f32, f32)]; 5] = [
        &[(0.08, -1.98), (0.46, -2.02)],
        &[(0.55, -1.92), (0.64, -1.25), (0.74, -0.62), (0.80, -0.38)],
        &[(0.30, -0.16), (0.34, 0.10), (0.30, 0.98)],
        &[(0.30, 1.10), (0.28, 1.98)],
        &[(0.28, 2.06), (0.34, 2.36)],
    ];
    for limb in limbs {
        counts.path(&limb.iter().map(|(x, y)| (left * x, *y)).collect::<Vec<_>>(), 0.045, Most(62.0));
    }
    for (x, y, r, heat) in
        [(0.54, -1.95, 0.085, 120.0), (0.31, 1.04, 0.095, 105.0), (0.33, -0.12, 0.10, 110.0), (0.29, 2.04, 0.06, 90.0)]
    {
        counts.ellipse(ellipse(left * x, y, r, r), Most(heat));
    }
    counts
        .ellipse(ellipse(left * 0.22, -0.36, 0.19, 0.16).turned(left * 0.6), Most(if behind { 150.0 } else { 115.0 }));
    if behind {
        counts.ellipse(ellipse(left * 0.20, -0.82, 0.07, 0.11), Most(120.0));
        counts.ellipse(ellipse(left * 0.11, -0.30, 0.04, 0.12).turned(left * -0.3), Most(210.0));
    }
}

/// Flesh around the bones.
pub(super) fn body(counts: &mut Canvas, value: f32) {
    counts.ellipse(ellipse(0.0, -2.5, 0.26, 0.32), Most(value));
    counts.tube((0.0, -2.2), (0.0, -1.9), (0.16, 0.25), Most(value));
    counts.tube((0.0, -1.65), (0.0, -0.25), (0.50, 0.44), Most(value * 1.4));
    for left in [-1.0, 1.0] {
        counts.tube((left * 0.52, -1.9), (left * 0.64, -1.2), (0.15, 0.11), Most(value));
        counts.tube((left * 0.64, -1.2), (left * 0.80, -0.35), (0.11, 0.07), Most(value));
        counts.tube((left * 0.25, -0.1), (left * 0.30, 1.0), (0.24, 0.14), Most(value));
        counts.tube((left * 0.30, 1.0), (left * 0.28, 2.1), (0.14, 0.08), Most(value));
        counts.tube((left * 0.28, 2.1), (left * 0.34, 2.4), (0.09, 0.07), Most(value));
    }
}

/// NM Image, NM Multi-frame, Detector and Isotope modules (PS3.3 C.8.4).
fn attributes(scene: &Scene) -> Attributes {
    let detector = |name: &str| {
        let code =
            if name == "ANTERIOR" { ("255549009", "SCT", "Anterior") } else { ("255551008", "SCT", "Posterior") };
        let view = scene.attributes().coded(code).sequence(tags::VIEW_MODIFIER_CODE_SEQUENCE, vec![]);
        let empty = [
            (tags::COLLIMATOR_TYPE, "PARA"),
            (tags::IMAGE_POSITION_PATIENT, ""),
            (tags::IMAGE_ORIENTATION_PATIENT, ""),
        ];
        scene.attributes().texts(&empty).sequence(tags::VIEW_CODE_SEQUENCE, vec![view])
    };
    let window = scene.attributes().text(tags::ENERGY_WINDOW_NAME, "Tc-99m");
    let tracer = scene
        .attributes()
        .text(tags::RADIOPHARMACEUTICAL, "Tc-99m MDP")
        .code(tags::RADIONUCLIDE_CODE_SEQUENCE, ("72454007", "SCT", "^99m^Technetium"));
    scene
        .attributes()
        .texts(&[
            (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\WHOLE BODY\\EMISSION"),
            (tags::PATIENT_ORIENTATION, ""),
            (tags::COUNTS_ACCUMULATED, "1850000"),
            (tags::WHOLE_BODY_TECHNIQUE, "1PS"),
            (tags::SCAN_VELOCITY, "12"),
            (tags::SCAN_LENGTH, "1840"),
            (tags::ACQUISITION_TERMINATION_CONDITION, "TIME"),
            (tags::ACTUAL_FRAME_DURATION, "900000"),
        ])
        .pointers(tags::FRAME_INCREMENT_POINTER, &[tags::ENERGY_WINDOW_VECTOR, tags::DETECTOR_VECTOR])
        .words(tags::ENERGY_WINDOW_VECTOR, &[1, 1])
        .words(tags::NUMBER_OF_ENERGY_WINDOWS, &[1])
        .words(tags::DETECTOR_VECTOR, &[1, 2])
        .words(tags::NUMBER_OF_DETECTORS, &[2])
        .decimals(tags::PIXEL_SPACING, &[2.4, 2.4])
        .decimals(tags::WINDOW_CENTER, &[95.0])
        .decimals(tags::WINDOW_WIDTH, &[190.0])
        .sequence(tags::ENERGY_WINDOW_INFORMATION_SEQUENCE, vec![window])
        .sequence(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![tracer])
        .sequence(tags::DETECTOR_INFORMATION_SEQUENCE, vec![detector("ANTERIOR"), detector("POSTERIOR")])
        .sequence(tags::PATIENT_ORIENTATION_CODE_SEQUENCE, vec![])
        .sequence(tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE, vec![])
}
