//! What is seen in the studies: a phantom for each kind of study.

mod angiography;
mod bones;
mod capture;
mod chest;
mod ct;
mod font;
mod hand;
mod head;
mod heart;
mod mammography;
mod pet;
mod radiograph;
mod report;

use super::{
    attributes::{Attributes, Code},
    charset::CharacterSet,
    image::Image,
    noise::Dice,
    words::Language,
};

/// What a study shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// CT of the chest with contrast, axial.
    CtChest,
    /// CT of the head, axial.
    CtHead,
    /// MR of the head, T1 and T2, axial.
    MrHead,
    /// Digital radiograph of the chest.
    DxChest,
    /// Computed radiograph of the chest, stored inverted.
    CrChest,
    /// Computed radiograph of a hand.
    CrHand,
    /// Ultrasound of the heart, a loop.
    UsHeart,
    /// Coronary angiography, a loop.
    XaHeart,
    /// Mammography of both sides.
    MgBreast,
    /// Bone scan from front and back.
    NmBone,
    /// PET of the trunk, axial.
    PtBody,
    /// A captured page in colour.
    ScPage,
    /// A captured PET projection with a palette.
    ScProjection,
    /// A written report.
    SrReport,
}

/// All that a phantom may know of the study around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) charset: CharacterSet,
    pub(super) language: Language,
    pub(super) seed: u64,
}

/// A series of instances.
pub(super) struct Series {
    pub(super) modality: &'static str,
    pub(super) sop_class: &'static str,
    pub(super) description: &'static str,
    pub(super) body_part: &'static str,
    pub(super) instances: Vec<Instance>,
}

/// What is particular to an instance: attributes beyond those of patient, study, equipment, series and pixels.
pub(super) struct Instance {
    pub(super) attributes: Attributes,
    pub(super) image: Option<Image>,
}

impl Kind {
    /// The series of a study.
    pub(super) fn series(self, scene: &Scene) -> Vec<Series> {
        match self {
            Self::CtChest => vec![ct::chest(scene)],
            Self::CtHead => vec![ct::head(scene)],
            Self::MrHead => head::series(scene),
            Self::DxChest => vec![radiograph::dx(scene)],
            Self::CrChest => vec![radiograph::cr(scene)],
            Self::CrHand => vec![hand::series(scene)],
            Self::UsHeart => vec![heart::series(scene)],
            Self::XaHeart => vec![angiography::series(scene)],
            Self::MgBreast => vec![mammography::series(scene)],
            Self::NmBone => vec![bones::series(scene)],
            Self::PtBody => vec![pet::series(scene)],
            Self::ScPage => vec![capture::page(scene)],
            Self::ScProjection => vec![capture::projection(scene)],
            Self::SrReport => vec![report::series(scene)],
        }
    }
}

impl Scene {
    fn attributes(&self) -> Attributes {
        Attributes::item(self.charset)
    }

    fn dice(&self) -> Dice {
        Dice::new(self.seed)
    }
}

/// Axial slices from head to foot: positions in millimetres for a square matrix.
fn axial(attributes: Attributes, index: usize, columns: usize, spacing: f64, distance: f64) -> Attributes {
    use dicom_dictionary_std::tags;
    let corner = -(columns as f64) * spacing / 2.0;
    let z = -(index as f64) * distance;
    attributes
        .decimals(tags::IMAGE_POSITION_PATIENT, &[corner, corner, z])
        .decimals(tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        .decimals(tags::PIXEL_SPACING, &[spacing, spacing])
        .decimals(tags::SLICE_THICKNESS, &[distance])
        .decimals(tags::SLICE_LOCATION, &[z])
}

/// What the DX and mammography modules want in sequences (PS3.3 C.8.11.2, C.8.11.5): the region, the view without
/// modifiers, and no acquisition context.
fn viewed(attributes: Attributes, region: Code, view: Code) -> Attributes {
    use dicom_dictionary_std::tags;
    let view = Attributes::item(attributes.charset()).coded(view).sequence(tags::VIEW_MODIFIER_CODE_SEQUENCE, vec![]);
    attributes
        .code(tags::ANATOMIC_REGION_SEQUENCE, region)
        .sequence(tags::VIEW_CODE_SEQUENCE, vec![view])
        .sequence(tags::ACQUISITION_CONTEXT_SEQUENCE, vec![])
}
