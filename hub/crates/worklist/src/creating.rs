//! A step that is new (PS3.4 CC.2.5.3).

use crate::{
    error::Error,
    requirements::{EMPTY_IF_UNKNOWN, UPS_PUSH, check_whole, date_time, is_empty, wrong},
};
use catalog::{StepState, Workitem};
use imaging_domain::{DataSet, InstanceUid, VR, Value, is_standard_uid, standard_vr, tags};

/// What a list is called that nobody named.
const WORKLIST: &str = "REGION";

/// The step that somebody asked for, and whether more was put into it than was asked for.
pub(crate) fn created(uid: InstanceUid, mut attributes: DataSet, now_ms: i64) -> Result<(Workitem, bool), Error> {
    check_new(&uid, &attributes)?;
    attributes.remove(tags::TRANSACTION_UID);
    // what was said in whatever character set is UTF-8 now
    attributes.remove(tags::SPECIFIC_CHARACTER_SET);
    let mut is_modified = false;
    for tag in EMPTY_IF_UNKNOWN.into_iter().filter(|tag| attributes.get(*tag).is_none()).collect::<Vec<_>>() {
        let vr = standard_vr(tag).unwrap_or(VR::LO);
        let empty = if vr == VR::SQ { Value::Sequence(vec![]) } else { Value::Text(vec![]) };
        attributes.put(tag, vr, empty);
        is_modified = true;
    }
    if is_empty(&attributes, tags::WORKLIST_LABEL) {
        attributes.put_text(tags::WORKLIST_LABEL, VR::LO, WORKLIST);
        is_modified = true;
    }
    attributes.put_text(tags::SOP_CLASS_UID, VR::UI, UPS_PUSH);
    attributes.put_text(tags::SOP_INSTANCE_UID, VR::UI, uid.as_str());
    attributes.put_text(tags::SCHEDULED_PROCEDURE_STEP_MODIFICATION_DATE_TIME, VR::DT, date_time(now_ms));
    check_whole(&attributes)?;
    let state = StepState::Scheduled;
    Ok((Workitem { uid, state, transaction: None, attributes, version: 0, changed_ms: now_ms }, is_modified))
}

fn check_new(uid: &InstanceUid, attributes: &DataSet) -> Result<(), Error> {
    if !is_standard_uid(uid.as_str()) {
        return Err(wrong(tags::SOP_INSTANCE_UID, "it is no UID"));
    }
    let other = |tag, own: &str| attributes.text(tag).is_some_and(|text| text != own);
    if other(tags::SOP_CLASS_UID, UPS_PUSH) {
        return Err(wrong(tags::SOP_CLASS_UID, "it is another class"));
    }
    if other(tags::SOP_INSTANCE_UID, uid.as_str()) {
        return Err(wrong(tags::SOP_INSTANCE_UID, "it is not that of the address"));
    }
    if attributes.text(tags::PROCEDURE_STEP_STATE) != Some(StepState::Scheduled.word()) {
        return Err(wrong(tags::PROCEDURE_STEP_STATE, "a new step is SCHEDULED"));
    }
    let not_yet = [
        tags::TRANSACTION_UID,
        tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE,
        tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE,
    ];
    match not_yet.into_iter().find(|tag| !is_empty(attributes, *tag)) {
        Some(tag) => Err(wrong(tag, "a new step has no value of it")),
        None => Ok(()),
    }
}
