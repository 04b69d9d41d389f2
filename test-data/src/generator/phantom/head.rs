//! A head, slice by slice: the same anatomy gives CT and both MR contrasts, by what each tissue looks like.
//!
//! `t` runs from 0 at the vertex to 1 at the skull base. The face is above.

use super::{Instance, Scene, Series, axial};
use crate::generator::{
    canvas::{Canvas, Ink::Set, ellipse},
    image::{Image, Pixel},
    noise::{Dice, Grain, clouds},
};
use dicom_dictionary_std::{tags, uids};

/// What each tissue looks like.
pub(super) struct Tissues {
    air: f32,
    skin: f32,
    fat: f32,
    bone: f32,
    fluid: f32,
    grey: f32,
    white: f32,
    lesion: f32,
}

/// In Hounsfield units; the lesion is a bleeding.
pub(super) const HOUNSFIELD: Tissues =
    Tissues { air: -1000.0, skin: 45.0, fat: -80.0, bone: 1050.0, fluid: 6.0, grey: 42.0, white: 29.0, lesion: 72.0 };
const T1: Tissues =
    Tissues { air: 4.0, skin: 420.0, fat: 880.0, bone: 70.0, fluid: 130.0, grey: 470.0, white: 690.0, lesion: 330.0 };
const T2: Tissues =
    Tissues { air: 4.0, skin: 380.0, fat: 560.0, bone: 50.0, fluid: 1150.0, grey: 640.0, white: 430.0, lesion: 980.0 };

const SIDE: usize = 192;
const SLICES: usize = 18;

/// One patient.
pub(super) struct Anatomy {
    seed: u64,
    tilt: f32,
    lesion: (f32, f32, f32),
}

impl Anatomy {
    pub(super) fn new(mut dice: Dice) -> Self {
        let side = if dice.unit() < 0.5 { -1.0 } else { 1.0 };
        Self {
            seed: (dice.unit() * 1e6) as u64,
            tilt: dice.between(-0.06, 0.06),
            lesion: (side * dice.between(0.26, 0.36), dice.between(-0.2, 0.25), dice.between(0.40, 0.50)),
        }
    }

    /// A slice of a square matrix.
    pub(super) fn slice(&self, side: usize, t: f32, tissues: &Tissues) -> Canvas {
        let mut canvas = Canvas::new(side, side, tissues.air);
        let size = (1.0 - ((0.72 - t) / 0.78).max(0.0).powi(2)).sqrt();
        let (rx, ry) = (0.70 * size, 0.86 * size);
        let rings = [(0.0, tissues.skin), (0.02, tissues.fat), (0.055, tissues.bone), (0.115, tissues.fluid)];
        for (less, value) in rings {
            canvas.ellipse(ellipse(0.0, 0.0, rx - less, ry - less).turned(self.tilt), Set(value));
        }
        if tissues.bone < 500.0 {
            // marrow between the tables shines in MR
            canvas.ellipse(ellipse(0.0, 0.0, rx - 0.075, ry - 0.075).turned(self.tilt), Set(tissues.fat * 0.45));
            canvas.ellipse(ellipse(0.0, 0.0, rx - 0.092, ry - 0.092).turned(self.tilt), Set(tissues.bone));
            canvas.ellipse(ellipse(0.0, 0.0, rx - 0.115, ry - 0.115).turned(self.tilt), Set(tissues.fluid));
        }
        if t > 0.86 {
            base(&mut canvas, tissues);
        }
        self.brain(&mut canvas, t, (rx - 0.135, ry - 0.135), tissues);
        deep(&mut canvas, t, tissues);
        let (x, y, height) = self.lesion;
        let radius = 0.13 * (1.0 - ((t - height) / 0.16).powi(2)).max(0.0).sqrt();
        canvas.ellipse(ellipse(x, y, radius * 1.35, radius * 1.25), Set((tissues.lesion + tissues.fluid) / 2.0));
        canvas.ellipse(ellipse(x, y, radius, radius * 0.9).turned(0.5), Set(tissues.lesion));
        canvas
    }

    /// Cortex in folds: a sulcus runs inward to an uneven depth, what lies beside it is grey, what lies deeper white.
    fn brain(&self, canvas: &mut Canvas, t: f32, (rx, ry): (f32, f32), tissues: &Tissues) {
        let (sin, cos) = self.tilt.sin_cos();
        canvas.map(|(px, py), value| {
            let (x, y) = (px * cos + py * sin, py * cos - px * sin);
            let depth = ((x / rx).powi(2) + (y / ry).powi(2)).sqrt();
            if depth > 1.0 {
                return value;
            }
            if t > 0.80 && y > 0.18 {
                // the cerebellum's leaves
                let leaf = (y * 42.0 + 9.0 * x * x + 2.0 * clouds(x * 3.0, y * 3.0, self.seed)).sin();
                return if leaf.abs() < 0.35 { tissues.grey } else { tissues.white };
            }
            let side = if x < 0.0 { 7.0 } else { 0.0 };
            let wobble = clouds(x * 2.6 + side, y * 2.6 - t * 1.5, self.seed);
            let fold = (y.atan2(x.abs()) * 15.0 + 5.5 * wobble + t * 4.0).sin().abs();
            let floor = 0.80 + 0.12 * clouds(x * 3.5 + side, y * 3.5 + t, self.seed + 30);
            let cleft = x.abs() < 0.010 && (depth > 0.62 || t < 0.30);
            if cleft || (fold < 0.17 && depth > floor) {
                tissues.fluid
            } else if depth > 0.94 || (fold < 0.62 && depth > floor - 0.07) {
                tissues.grey
            } else {
                tissues.white + (tissues.grey - tissues.white) * 0.2 * wobble
            }
        });
    }
}

/// Ventricles and nuclei.
fn deep(canvas: &mut Canvas, t: f32, tissues: &Tissues) {
    let swell = (1.0 - ((t - 0.50) / 0.20).powi(2)).max(0.0).sqrt();
    for side in [-1.0, 1.0] {
        if swell > 0.1 {
            let nuclei = (swell - 0.2).max(0.0);
            canvas.ellipse(
                ellipse(side * 0.20, -0.04, 0.075 * nuclei, 0.19 * nuclei).turned(side * -0.25),
                Set(tissues.grey),
            );
            canvas.ellipse(ellipse(side * 0.10, 0.11, 0.075 * nuclei, 0.12 * nuclei), Set(tissues.grey));
            canvas.ellipse(
                ellipse(side * 0.085, -0.20, 0.042 * swell, 0.15 * swell).turned(side * -0.35),
                Set(tissues.fluid),
            );
            canvas.ellipse(
                ellipse(side * 0.16, 0.26, 0.040 * swell, 0.17 * swell).turned(side * -0.4),
                Set(tissues.fluid),
            );
        }
    }
    if (0.52..0.72).contains(&t) {
        canvas.ellipse(ellipse(0.0, 0.05, 0.015, 0.09), Set(tissues.fluid));
    }
    if t > 0.76 {
        canvas.ellipse(ellipse(0.0, 0.10, 0.13, 0.12), Set(tissues.fluid));
        canvas.ellipse(ellipse(0.0, 0.12, 0.105, 0.10), Set(tissues.white));
        canvas.ellipse(ellipse(0.0, 0.26, 0.06, 0.035), Set(tissues.fluid));
    }
}

/// Orbits and the middle of the skull base.
fn base(canvas: &mut Canvas, tissues: &Tissues) {
    canvas.ellipse(ellipse(0.0, -0.56, 0.46, 0.26), Set(tissues.bone));
    for side in [-1.0, 1.0] {
        canvas.ellipse(ellipse(side * 0.24, -0.60, 0.19, 0.20), Set(tissues.fat));
        canvas.ellipse(ellipse(side * 0.25, -0.66, 0.115, 0.115), Set(tissues.fluid));
        canvas.tube((side * 0.22, -0.54), (side * 0.10, -0.38), (0.022, 0.022), Set(tissues.grey));
        canvas.tube((side * 0.56, 0.04), (side * 0.24, -0.08), (0.07, 0.03), Set(tissues.bone));
    }
    canvas.ellipse(ellipse(0.0, -0.56, 0.05, 0.17), Set(tissues.air));
}

/// MR in two contrasts.
pub(super) fn series(scene: &Scene) -> Vec<Series> {
    let anatomy = Anatomy::new(scene.dice());
    vec![
        contrast(scene, &anatomy, &T1, ("t1_se_tra", "SE", ["500", "12"], [500.0, 950.0])),
        contrast(scene, &anatomy, &T2, ("t2_tse_tra", "SE", ["4200", "98"], [620.0, 1250.0])),
    ]
}

/// Name, sequence, repetition and echo time, window centre and width.
type Weighting = (&'static str, &'static str, [&'static str; 2], [f64; 2]);

fn contrast(scene: &Scene, anatomy: &Anatomy, tissues: &Tissues, weighting: Weighting) -> Series {
    let (name, sequence, [repetition, echo], [center, width]) = weighting;
    let grain = Grain::new(scene.seed + tissues.fluid as u64);
    let instance = |index: usize| {
        let mut canvas = anatomy.slice(SIDE, (index as f32 + 0.5) / SLICES as f32, tissues);
        canvas.soften();
        // the coil is nearer to the back of the head; what is measured is a magnitude
        canvas.map(|(x, y), value| value * (1.0 + 0.14 * y - 0.10 * x * x));
        canvas.grain(&grain, 17.0, index as u64);
        canvas.samples.iter_mut().for_each(|sample| *sample = sample.abs());
        let attributes = scene.attributes().texts(&[
            (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\M\\ND"),
            (tags::SCANNING_SEQUENCE, sequence),
            (tags::SEQUENCE_VARIANT, "SK"),
            (tags::SCAN_OPTIONS, ""),
            (tags::MR_ACQUISITION_TYPE, "2D"),
            (tags::SEQUENCE_NAME, name),
            (tags::REPETITION_TIME, repetition),
            (tags::ECHO_TIME, echo),
            (tags::ECHO_TRAIN_LENGTH, "1"),
            (tags::MAGNETIC_FIELD_STRENGTH, "3"),
            (tags::PATIENT_POSITION, "HFS"),
        ]);
        let attributes = axial(attributes, index, SIDE, 1.2, 6.5)
            .decimals(tags::WINDOW_CENTER, &[center])
            .decimals(tags::WINDOW_WIDTH, &[width]);
        let frames = vec![canvas.words(0, 4095)];
        let image = Image { rows: SIDE, columns: SIDE, pixel: Pixel::Unsigned(12), frames };
        Instance { attributes, image: Some(image) }
    };
    Series {
        modality: "MR",
        sop_class: uids::MR_IMAGE_STORAGE,
        description: name,
        body_part: "HEAD",
        instances: (0..SLICES).map(instance).collect(),
    }
}
