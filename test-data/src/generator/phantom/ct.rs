//! CT: slices in Hounsfield units.

use super::{Instance, Scene, Series, axial, chest, head};
use crate::generator::{
    canvas::Canvas,
    image::{Image, Pixel},
    noise::Grain,
};
use dicom_dictionary_std::{tags, uids};

/// What is stored for air at 0: the values are 16 bits signed, and the intercept brings them to Hounsfield units.
const INTERCEPT: f32 = -1024.0;
const SIDE: usize = 256;

/// A way to scan.
struct Protocol {
    description: &'static str,
    body_part: &'static str,
    slices: usize,
    spacing: f64,
    distance: f64,
    noise: f32,
    kernel: &'static str,
    /// Window centre and width, one or more.
    windows: (&'static [f64], &'static [f64], &'static str),
}

/// The chest and the upper abdomen.
pub(super) fn chest(scene: &Scene) -> Series {
    let protocol = Protocol {
        description: "Chest 5.0 B30f CE",
        body_part: "CHEST",
        slices: 24,
        spacing: 1.5,
        distance: 10.0,
        noise: 9.0,
        kernel: "B30f",
        windows: (&[40.0, -500.0], &[400.0, 1500.0], "SOFT TISSUE\\LUNG"),
    };
    let anatomy = chest::Anatomy::new(scene.dice());
    series(scene, &protocol, |t| anatomy.slice(SIDE, t))
}

/// The head.
pub(super) fn head(scene: &Scene) -> Series {
    let protocol = Protocol {
        description: "Head 5.0 H30s",
        body_part: "HEAD",
        slices: 20,
        spacing: 0.9,
        distance: 7.0,
        noise: 3.0,
        kernel: "H30s",
        windows: (&[38.0, 500.0], &[90.0, 2000.0], "BRAIN\\BONE"),
    };
    let anatomy = head::Anatomy::new(scene.dice());
    series(scene, &protocol, |t| anatomy.slice(SIDE, t, &head::HOUNSFIELD))
}

fn series(scene: &Scene, protocol: &Protocol, slice: impl Fn(f32) -> Canvas) -> Series {
    let grain = Grain::new(scene.seed);
    let instance = |index: usize| {
        // from head to foot: the first slice is the uppermost
        let mut canvas = slice((index as f32 + 0.5) / protocol.slices as f32);
        canvas.soften();
        canvas.grain(&grain, protocol.noise, index as u64);
        canvas.samples.iter_mut().for_each(|sample| *sample -= INTERCEPT);
        let image = Image { rows: SIDE, columns: SIDE, pixel: Pixel::Signed, frames: vec![canvas.words(-200, 4095)] };
        Instance { attributes: attributes(scene, protocol, index), image: Some(image) }
    };
    Series {
        modality: "CT",
        sop_class: uids::CT_IMAGE_STORAGE,
        description: protocol.description,
        body_part: protocol.body_part,
        instances: (0..protocol.slices).map(instance).collect(),
    }
}

/// CT Image module (PS3.3 C.8.2.1) and VOI LUT.
fn attributes(scene: &Scene, protocol: &Protocol, index: usize) -> super::Attributes {
    let (centers, widths, explanation) = protocol.windows;
    let attributes = scene.attributes().texts(&[
        (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL"),
        (tags::CONVOLUTION_KERNEL, protocol.kernel),
        (tags::RESCALE_TYPE, "HU"),
        (tags::SCAN_OPTIONS, "SPIRAL"),
        (tags::WINDOW_CENTER_WIDTH_EXPLANATION, explanation),
        (tags::KVP, "120"),
        (tags::EXPOSURE_TIME, "500"),
        (tags::X_RAY_TUBE_CURRENT, "210"),
        (tags::GANTRY_DETECTOR_TILT, "0"),
        (tags::PATIENT_POSITION, "HFS"),
        (tags::ACQUISITION_NUMBER, "1"),
    ]);
    axial(attributes, index, SIDE, protocol.spacing, protocol.distance)
        .decimals(tags::RESCALE_INTERCEPT, &[f64::from(INTERCEPT)])
        .decimals(tags::RESCALE_SLOPE, &[1.0])
        .decimals(tags::WINDOW_CENTER, centers)
        .decimals(tags::WINDOW_WIDTH, widths)
        .decimals(tags::RECONSTRUCTION_DIAMETER, &[protocol.spacing * SIDE as f64])
        .decimals(tags::TABLE_HEIGHT, &[152.0])
}
