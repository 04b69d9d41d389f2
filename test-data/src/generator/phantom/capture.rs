//! Secondary captures: a page in colour, and a projection with a palette.

use super::{Instance, Scene, Series, font, pet};
use crate::generator::{
    canvas::{Canvas, Ink::Set},
    image::{Image, Pixel},
};
use dicom_dictionary_std::{tags, uids};

const COLUMNS: usize = 512;
const ROWS: usize = 384;
const PROJECTION_COLUMNS: usize = 224;
const PROJECTION_ROWS: usize = 672;

/// Lines of the page, with the dose of each as a bar.
const LINES: [(&str, f32); 5] =
    [("TOPOGRAM", 0.06), ("NATIVE", 0.34), ("ARTERIAL", 0.62), ("VENOUS", 0.88), ("DELAYED", 0.47)];

/// A dose page, as CT consoles capture it.
pub(super) fn page(scene: &Scene) -> Series {
    let blank = || Canvas::new(COLUMNS, ROWS, 0.0);
    let (mut white, mut dim, mut bars) = (blank(), blank(), blank());
    font::write(&mut white, "DOSE REPORT", (-0.92, -0.66), 0.021, 1.0);
    font::write(&mut dim, "GENERATED DATA - NOT A PATIENT", (-0.92, -0.48), 0.0105, 1.0);
    let mut dice = scene.dice();
    for (number, (name, dose)) in LINES.iter().enumerate() {
        let y = -0.30 + number as f32 * 0.17;
        let dose = dose * dice.between(0.85, 1.1);
        font::write(&mut white, name, (-0.92, y), 0.0125, 1.0);
        font::write(&mut white, &format!("{:.1} MGY", dose * 18.0), (0.52, y), 0.0125, 1.0);
        bars.tube((-0.38, y + 0.026), (-0.38 + dose * 0.8, y + 0.026), (0.032, 0.032), Set(1.0));
    }
    font::write(&mut dim, "CTDI PHANTOM 32 CM", (-0.92, 0.62), 0.0105, 1.0);
    let mut bytes = Vec::with_capacity(COLUMNS * ROWS * 3);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let index = row * COLUMNS + column;
            let (x, y) = white.place(column, row);
            let ground = if y < -0.54 { [24.0, 62.0, 92.0] } else { [13.0, 20.0, 30.0] };
            let bar = [60.0 + 150.0 * (x + 0.4).max(0.0), 190.0 - 60.0 * x, 205.0 - 120.0 * x];
            let mix = |channel: usize| {
                let mut light: f32 = ground[channel];
                for (layer, ink) in [(&bars, bar), (&dim, [130.0, 150.0, 165.0]), (&white, [240.0, 244.0, 246.0])] {
                    light += (ink[channel] - light) * layer.samples[index].min(1.0);
                }
                light.clamp(0.0, 255.0) as u8
            };
            bytes.extend([mix(0), mix(1), mix(2)]);
        }
    }
    let image = Image { rows: ROWS, columns: COLUMNS, pixel: Pixel::Rgb, frames: vec![bytes] };
    series(scene, "Dose report", "ABDOMEN", image, |attributes| attributes)
}

/// A PET projection in the colours of hot metal.
pub(super) fn projection(scene: &Scene) -> Series {
    let canvas = pet::projection(PROJECTION_COLUMNS, PROJECTION_ROWS, &mut scene.dice());
    let frames = vec![canvas.bytes()];
    let image = Image { rows: PROJECTION_ROWS, columns: PROJECTION_COLUMNS, pixel: Pixel::Palette, frames };
    // black, red, yellow, white
    let ramp = |from: i32, to: i32| -> Vec<u16> {
        (0..256).map(|value| ((value - from) * 65535 / (to - from)).clamp(0, 65535) as u16).collect()
    };
    series(scene, "FDG projection", "WHOLEBODY", image, |attributes| {
        let described = [
            tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        ];
        described
            .into_iter()
            .fold(attributes, |attributes, tag| attributes.words(tag, &[256, 0, 16]))
            .palette(tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA, &ramp(0, 140))
            .palette(tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA, &ramp(75, 215))
            .palette(tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA, &ramp(165, 255))
    })
}

fn series(
    scene: &Scene,
    description: &'static str,
    body_part: &'static str,
    image: Image,
    more: impl Fn(super::Attributes) -> super::Attributes,
) -> Series {
    // SC Equipment module (PS3.3 C.8.6.1)
    let attributes = scene.attributes().texts(&[
        (tags::IMAGE_TYPE, "DERIVED\\SECONDARY"),
        (tags::CONVERSION_TYPE, "WSD"),
        (tags::PATIENT_ORIENTATION, ""),
    ]);
    Series {
        modality: "OT",
        sop_class: uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
        description,
        body_part,
        instances: vec![Instance { attributes: more(attributes), image: Some(image) }],
    }
}
