//! What a Unified Procedure Step has to have (PS3.4 table CC.2.5-3).

use crate::error::Error;
use imaging_domain::{DataSet, Tag, VR, json, keyword, moments, standard_vr, tags};

/// SOP Class UID of every step (PS3.4 CC.3.1).
pub const UPS_PUSH: &str = "1.2.840.10008.5.1.4.34.6.1";
/// The most bytes of one step, written as JSON.
pub const MAX_STEP: usize = 256 << 10;

/// The most bytes of one text of a VR that has a maximum; the Standard's are shorter, but for three groups of a name.
const MAX_SHORT: usize = 600;

/// Attributes of type 1 when a step is made. Worklist Label is given by whoever keeps the list when nobody says it.
const REQUIRED: [Tag; 4] = [
    tags::SCHEDULED_PROCEDURE_STEP_PRIORITY,
    tags::PROCEDURE_STEP_LABEL,
    tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME,
    tags::INPUT_READINESS_STATE,
];

/// Attributes of type 2 when a step is made.
pub(crate) const EMPTY_IF_UNKNOWN: [Tag; 21] = [
    tags::SCHEDULED_PROCESSING_PARAMETERS_SEQUENCE,
    tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE,
    tags::SCHEDULED_STATION_CLASS_CODE_SEQUENCE,
    tags::SCHEDULED_STATION_GEOGRAPHIC_LOCATION_CODE_SEQUENCE,
    tags::SCHEDULED_WORKITEM_CODE_SEQUENCE,
    tags::COMMENTS_ON_THE_SCHEDULED_PROCEDURE_STEP,
    tags::INPUT_INFORMATION_SEQUENCE,
    tags::STUDY_INSTANCE_UID,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::OTHER_PATIENT_I_DS_SEQUENCE,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::ADMISSION_ID,
    tags::ISSUER_OF_ADMISSION_ID_SEQUENCE,
    tags::ADMITTING_DIAGNOSES_DESCRIPTION,
    tags::ADMITTING_DIAGNOSES_CODE_SEQUENCE,
    tags::REFERENCED_REQUEST_SEQUENCE,
    tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE,
    tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE,
];

/// Attributes that stay what they were when the step was made, or that are changed in another way.
pub(crate) const NOT_CHANGED: [Tag; 16] = [
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::PROCEDURE_STEP_STATE,
    tags::SCHEDULED_PROCEDURE_STEP_MODIFICATION_DATE_TIME,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID_QUALIFIERS_SEQUENCE,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::ADMISSION_ID,
    tags::ISSUER_OF_ADMISSION_ID_SEQUENCE,
    tags::ADMITTING_DIAGNOSES_DESCRIPTION,
    tags::ADMITTING_DIAGNOSES_CODE_SEQUENCE,
    tags::REFERENCED_REQUEST_SEQUENCE,
    tags::REPLACED_PROCEDURE_STEP_SEQUENCE,
];

/// What a performed procedure has before its step is completed.
const PERFORMED: [Tag; 4] = [
    tags::PERFORMED_STATION_NAME_CODE_SEQUENCE,
    tags::PERFORMED_PROCEDURE_STEP_START_DATE_TIME,
    tags::PERFORMED_PROCEDURE_STEP_END_DATE_TIME,
    tags::PERFORMED_WORKITEM_CODE_SEQUENCE,
];

/// An error about an attribute.
pub(crate) fn wrong(tag: Tag, why: &'static str) -> Error {
    Error::Attribute { attribute: keyword(tag).unwrap_or("attribute"), why }
}

/// Whether an attribute has no value.
pub(crate) fn is_empty(attributes: &DataSet, tag: Tag) -> bool {
    let Some(element) = attributes.get(tag) else { return true };
    let texts = attributes.texts(tag);
    element.is_empty() || !texts.is_empty() && texts.iter().all(String::is_empty)
}

/// Whether what every step has is there, and values are of those that there are.
pub(crate) fn check_whole(attributes: &DataSet) -> Result<(), Error> {
    if let Some(tag) = REQUIRED.into_iter().find(|tag| is_empty(attributes, *tag)) {
        return Err(wrong(tag, "it has no value"));
    }
    check_values(attributes)?;
    check_forms(attributes)?;
    let text = json::to_text(attributes, &|_, _| None);
    if text.len() > MAX_STEP {
        return Err(Error::Invalid("the workitem is too large"));
    }
    // what is kept has to be read again
    let again = serde_json::from_str(&text).ok().and_then(|text| json::from_json(&text, &|_| None).ok());
    if again.is_some() { Ok(()) } else { Err(Error::Invalid("the workitem is nested too deep")) }
}

/// Whether each attribute is of its VR, and no text is longer than those that are searched for.
fn check_forms(attributes: &DataSet) -> Result<(), Error> {
    use VR::{AE, AS, CS, DA, DS, DT, IS, LO, PN, SH, SQ, TM, UI};
    for (tag, element) in attributes.iter() {
        let vr = standard_vr(tag).filter(|vr| !matches!(vr, VR::US | VR::SS | VR::OB | VR::OW | VR::UN));
        if vr.is_some_and(|vr| vr != element.vr) {
            return Err(wrong(tag, "it is of another VR"));
        }
        let is_short = matches!(element.vr, AE | AS | CS | DA | DS | DT | IS | LO | PN | SH | TM | UI);
        if is_short && attributes.texts(tag).iter().any(|text| text.len() > MAX_SHORT) {
            return Err(wrong(tag, "it is too long"));
        }
        if element.vr == SQ {
            attributes.items(tag).iter().try_for_each(check_forms)?;
        }
    }
    Ok(())
}

/// Whether values are of those that there are.
fn check_values(attributes: &DataSet) -> Result<(), Error> {
    for (tag, values) in [
        (tags::SCHEDULED_PROCEDURE_STEP_PRIORITY, ["HIGH", "MEDIUM", "LOW"]),
        (tags::INPUT_READINESS_STATE, ["INCOMPLETE", "UNAVAILABLE", "READY"]),
    ] {
        if attributes.text(tag).is_some_and(|text| !values.contains(&text)) {
            return Err(wrong(tag, "it is none of its values"));
        }
    }
    let date_times = attributes.iter().filter(|(_, element)| element.vr == VR::DT);
    for (tag, _) in date_times {
        if attributes.texts(tag).iter().any(|text| moments(text).is_none()) {
            return Err(wrong(tag, "it is no date and time"));
        }
    }
    Ok(())
}

/// Whether a step has what it needs to be completed.
pub(crate) fn check_performed(attributes: &DataSet) -> Result<(), Error> {
    let performed = attributes.items(tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE);
    let Some(performed) = performed.first() else {
        return Err(Error::NotFinal("UnifiedProcedureStepPerformedProcedureSequence"));
    };
    match PERFORMED.into_iter().find(|tag| is_empty(performed, *tag)) {
        Some(tag) => Err(Error::NotFinal(keyword(tag).unwrap_or("attribute"))),
        None => Ok(()),
    }
}

/// Milliseconds since 1970 UTC as a DT value with its offset.
pub(crate) fn date_time(now_ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    moment.strftime("%Y%m%d%H%M%S.%6f+0000").to_string()
}
