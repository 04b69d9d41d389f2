//! The attributes by which steps of work are found: those of a Unified Procedure Step that may be matching keys.
//!
//! Source: PS3.4 table CC.2.5-3, column C-FIND. A worklist has one level; it is written as that of a study, because most of its
//! steps are about one.

use crate::attribute::{Attribute, Level, Rule, Source};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

const fn key(path: &'static [Tag], keyword: &'static str, vr: VR, rule: Rule) -> Attribute {
    Attribute { path, keyword, vr, level: Level::Study, rule, unasked: false, source: Source::File }
}

/// What a code has, as keys.
macro_rules! code {
    ($($sequence:ident).+) => {[
        key(&[$(tags::$sequence),+, tags::CODE_VALUE], "CodeValue", VR::SH, Rule::Text),
        key(&[$(tags::$sequence),+, tags::CODING_SCHEME_DESIGNATOR], "CodingSchemeDesignator", VR::SH, Rule::Text),
        key(&[$(tags::$sequence),+, tags::CODE_MEANING], "CodeMeaning", VR::LO, Rule::Text),
    ]};
}

static CODES: &[[Attribute; 3]] = &[
    code!(SCHEDULED_STATION_NAME_CODE_SEQUENCE),
    code!(SCHEDULED_STATION_CLASS_CODE_SEQUENCE),
    code!(SCHEDULED_STATION_GEOGRAPHIC_LOCATION_CODE_SEQUENCE),
    code!(SCHEDULED_HUMAN_PERFORMERS_SEQUENCE.HUMAN_PERFORMER_CODE_SEQUENCE),
    code!(SCHEDULED_WORKITEM_CODE_SEQUENCE),
    code!(ADMITTING_DIAGNOSES_CODE_SEQUENCE),
    code!(REFERENCED_REQUEST_SEQUENCE.REQUESTED_PROCEDURE_CODE_SEQUENCE),
];

static KEYS: &[Attribute] = &[
    key(&[tags::SOP_CLASS_UID], "SOPClassUID", VR::UI, Rule::List),
    key(&[tags::SOP_INSTANCE_UID], "SOPInstanceUID", VR::UI, Rule::List),
    // what is to be done, where and when
    key(&[tags::PROCEDURE_STEP_STATE], "ProcedureStepState", VR::CS, Rule::List),
    key(&[tags::SCHEDULED_PROCEDURE_STEP_PRIORITY], "ScheduledProcedureStepPriority", VR::CS, Rule::List),
    key(
        &[tags::SCHEDULED_PROCEDURE_STEP_MODIFICATION_DATE_TIME],
        "ScheduledProcedureStepModificationDateTime",
        VR::DT,
        Rule::Range,
    ),
    key(&[tags::PROCEDURE_STEP_LABEL], "ProcedureStepLabel", VR::LO, Rule::Text),
    key(&[tags::WORKLIST_LABEL], "WorklistLabel", VR::LO, Rule::Text),
    key(&[tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME], "ScheduledProcedureStepStartDateTime", VR::DT, Rule::Range),
    key(
        &[tags::SCHEDULED_PROCEDURE_STEP_EXPIRATION_DATE_TIME],
        "ScheduledProcedureStepExpirationDateTime",
        VR::DT,
        Rule::Range,
    ),
    key(&[tags::EXPECTED_COMPLETION_DATE_TIME], "ExpectedCompletionDateTime", VR::DT, Rule::Range),
    key(&[tags::INPUT_READINESS_STATE], "InputReadinessState", VR::CS, Rule::List),
    key(
        &[tags::SCHEDULED_HUMAN_PERFORMERS_SEQUENCE, tags::HUMAN_PERFORMER_NAME],
        "HumanPerformerName",
        VR::PN,
        Rule::Name,
    ),
    key(
        &[tags::SCHEDULED_HUMAN_PERFORMERS_SEQUENCE, tags::HUMAN_PERFORMER_ORGANIZATION],
        "HumanPerformerOrganization",
        VR::LO,
        Rule::Text,
    ),
    key(&[tags::INPUT_INFORMATION_SEQUENCE, tags::STUDY_INSTANCE_UID], "StudyInstanceUID", VR::UI, Rule::List),
    key(&[tags::INPUT_INFORMATION_SEQUENCE, tags::SERIES_INSTANCE_UID], "SeriesInstanceUID", VR::UI, Rule::List),
    // whom it is about, and why
    key(&[tags::STUDY_INSTANCE_UID], "StudyInstanceUID", VR::UI, Rule::List),
    key(&[tags::PATIENT_NAME], "PatientName", VR::PN, Rule::Name),
    key(&[tags::PATIENT_ID], "PatientID", VR::LO, Rule::Text),
    key(&[tags::ISSUER_OF_PATIENT_ID], "IssuerOfPatientID", VR::LO, Rule::Text),
    key(&[tags::PATIENT_BIRTH_DATE], "PatientBirthDate", VR::DA, Rule::Range),
    key(&[tags::PATIENT_SEX], "PatientSex", VR::CS, Rule::List),
    key(&[tags::ADMISSION_ID], "AdmissionID", VR::LO, Rule::Text),
    key(&[tags::REFERENCED_REQUEST_SEQUENCE, tags::STUDY_INSTANCE_UID], "StudyInstanceUID", VR::UI, Rule::List),
    key(&[tags::REFERENCED_REQUEST_SEQUENCE, tags::ACCESSION_NUMBER], "AccessionNumber", VR::SH, Rule::Text),
    key(&[tags::REFERENCED_REQUEST_SEQUENCE, tags::REQUESTED_PROCEDURE_ID], "RequestedProcedureID", VR::SH, Rule::Text),
    key(&[tags::REFERENCED_REQUEST_SEQUENCE, tags::REQUESTING_SERVICE], "RequestingService", VR::LO, Rule::Text),
    key(&[tags::REFERENCED_REQUEST_SEQUENCE, tags::REQUESTING_PHYSICIAN], "RequestingPhysician", VR::PN, Rule::Name),
    key(
        &[tags::REFERENCED_REQUEST_SEQUENCE, tags::PLACER_ORDER_NUMBER_IMAGING_SERVICE_REQUEST],
        "PlacerOrderNumberImagingServiceRequest",
        VR::LO,
        Rule::Text,
    ),
    key(
        &[tags::REFERENCED_REQUEST_SEQUENCE, tags::FILLER_ORDER_NUMBER_IMAGING_SERVICE_REQUEST],
        "FillerOrderNumberImagingServiceRequest",
        VR::LO,
        Rule::Text,
    ),
    key(
        &[tags::REPLACED_PROCEDURE_STEP_SEQUENCE, tags::REFERENCED_SOP_INSTANCE_UID],
        "ReferencedSOPInstanceUID",
        VR::UI,
        Rule::List,
    ),
];

/// Every key of a worklist.
pub fn keys() -> impl Iterator<Item = &'static Attribute> {
    KEYS.iter().chain(CODES.iter().flatten())
}

/// The key of a path of tags in a search of a worklist.
pub fn find(path: &[Tag]) -> Option<&'static Attribute> {
    keys().find(|attribute| attribute.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
    use dicom_dictionary_std::StandardDataDictionary;

    #[test]
    fn every_key_agrees_with_the_dictionary_and_stands_once() {
        let mut seen = vec![];
        for attribute in keys() {
            let entry = StandardDataDictionary.by_tag(attribute.tag()).expect("a standard attribute");
            assert_eq!((entry.alias(), entry.vr().relaxed()), (attribute.keyword, attribute.vr));
            for sequence in &attribute.path[..attribute.path.len() - 1] {
                assert_eq!(StandardDataDictionary.by_tag(*sequence).unwrap().vr().relaxed(), VR::SQ);
            }
            assert!(!seen.contains(&attribute.path), "{}", attribute.keyword);
            seen.push(attribute.path);
        }
        assert!(find(&[tags::MODALITY]).is_none());
    }
}
