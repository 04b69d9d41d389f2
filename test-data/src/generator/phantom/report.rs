//! A written report (Basic Text SR, PS3.3 A.35.1, in the manner of PS3.16 TID 2000).

use super::{Instance, Scene, Series};
use crate::generator::{
    attributes::{Attributes, Code},
    words,
};
use dicom_dictionary_std::{tags, uids};

const TITLE: Code = ("18748-4", "LN", "Diagnostic imaging report");
const FINDINGS: Code = ("121070", "DCM", "Findings");
const FINDING: Code = ("121071", "DCM", "Finding");
const IMPRESSIONS: Code = ("121072", "DCM", "Impressions");
const IMPRESSION: Code = ("121073", "DCM", "Impression");

/// One report in the hospital's language.
pub(super) fn series(scene: &Scene) -> Series {
    let (finding, impression) = words::report(scene.language);
    let content = vec![
        section(scene, FINDINGS, text(scene, FINDING, finding)),
        section(scene, IMPRESSIONS, text(scene, IMPRESSION, impression)),
    ];
    let attributes = scene
        .attributes()
        .texts(&[
            (tags::VALUE_TYPE, "CONTAINER"),
            (tags::CONTINUITY_OF_CONTENT, "SEPARATE"),
            (tags::COMPLETION_FLAG, "COMPLETE"),
            (tags::VERIFICATION_FLAG, "UNVERIFIED"),
        ])
        .code(tags::CONCEPT_NAME_CODE_SEQUENCE, TITLE)
        .sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, vec![])
        .sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, vec![])
        .sequence(tags::CONTENT_SEQUENCE, content);
    Series {
        modality: "SR",
        sop_class: uids::BASIC_TEXT_SR_STORAGE,
        description: "Report",
        body_part: "",
        instances: vec![Instance { attributes, image: None }],
    }
}

fn section(scene: &Scene, name: Code, item: Attributes) -> Attributes {
    scene
        .attributes()
        .texts(&[
            (tags::RELATIONSHIP_TYPE, "CONTAINS"),
            (tags::VALUE_TYPE, "CONTAINER"),
            (tags::CONTINUITY_OF_CONTENT, "SEPARATE"),
        ])
        .code(tags::CONCEPT_NAME_CODE_SEQUENCE, name)
        .sequence(tags::CONTENT_SEQUENCE, vec![item])
}

fn text(scene: &Scene, name: Code, value: &str) -> Attributes {
    scene
        .attributes()
        .texts(&[(tags::RELATIONSHIP_TYPE, "CONTAINS"), (tags::VALUE_TYPE, "TEXT"), (tags::TEXT_VALUE, value)])
        .code(tags::CONCEPT_NAME_CODE_SEQUENCE, name)
}
