//! What becomes of a step (PS3.4 CC.1.1, tables CC.1.1-1 and CC.1.1-2).

use crate::{
    error::Error,
    requirements::{check_performed, check_whole, date_time, is_empty, wrong},
    updating::touched,
};
use catalog::{StepState, Workitem};
use imaging_domain::{DataSet, VR, Value, is_standard_uid, tags};

/// What changes a step's state.
#[derive(Debug)]
pub(crate) enum Step {
    /// To this.
    To(Box<Workitem>),
    /// It is in this state already.
    Already(StepState),
}

/// What is wanted of a step: its state, and the Transaction UID of who wants it.
pub(crate) fn wanted(request: &DataSet) -> Result<(StepState, Option<String>), Error> {
    let word = request.text(tags::PROCEDURE_STEP_STATE).unwrap_or_default();
    let state = StepState::from_word(word).ok_or_else(|| wrong(tags::PROCEDURE_STEP_STATE, "it is no state"))?;
    Ok((state, request.text(tags::TRANSACTION_UID).map(str::to_owned)))
}

/// The step in another state, for whoever shows its Transaction UID.
pub(crate) fn changed(
    item: &Workitem,
    wanted: StepState,
    transaction: Option<&str>,
    now_ms: i64,
) -> Result<Step, Error> {
    use StepState::{Canceled, Completed, InProgress, Scheduled};
    let transaction = transaction.ok_or(Error::TransactionMissing)?;
    match (item.state, wanted) {
        (Scheduled, InProgress) => {
            if !is_standard_uid(transaction) {
                return Err(Error::TransactionIncorrect);
            }
            let mut begun = in_state(item, InProgress, now_ms);
            begun.transaction = Some(transaction.to_owned());
            Ok(Step::To(Box::new(begun)))
        }
        (InProgress, Completed) => {
            check_transaction(item, Some(transaction))?;
            check_performed(&item.attributes)?;
            Ok(Step::To(Box::new(in_state(item, Completed, now_ms))))
        }
        (InProgress, Canceled) => {
            check_transaction(item, Some(transaction))?;
            let mut ended = in_state(item, Canceled, now_ms);
            explain(&mut ended, &DataSet::new(), now_ms);
            Ok(Step::To(Box::new(ended)))
        }
        (InProgress, InProgress) => check_transaction(item, Some(transaction)).and(Err(Error::Inconsistent)),
        (Completed, Completed) | (Canceled, Canceled) => {
            // a step that was canceled before anybody took it on has no key
            item.transaction.as_ref().map_or(Ok(()), |_| check_transaction(item, Some(transaction)))?;
            Ok(Step::Already(item.state))
        }
        _ => Err(Error::Inconsistent),
    }
}

/// A step that nobody has begun, first begun and then canceled, as somebody asked.
pub(crate) fn canceled(item: &Workitem, request: &DataSet, now_ms: i64) -> Result<[Workitem; 2], Error> {
    let begun = in_state(item, StepState::InProgress, now_ms);
    let mut ended = in_state(item, StepState::Canceled, now_ms);
    explain(&mut ended, request, now_ms);
    check_whole(&ended.attributes)?;
    Ok([begun, ended])
}

/// Whether somebody shows the key to a step.
pub(crate) fn check_transaction(item: &Workitem, shown: Option<&str>) -> Result<(), Error> {
    match shown {
        None => Err(Error::TransactionMissing),
        Some(shown) if item.transaction.as_deref() == Some(shown) => Ok(()),
        Some(_) => Err(Error::TransactionIncorrect),
    }
}

fn in_state(item: &Workitem, state: StepState, now_ms: i64) -> Workitem {
    let mut out = Workitem { state, ..item.clone() };
    out.attributes.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, state.word());
    touched(&mut out, now_ms);
    out
}

/// Says when and why a step was canceled, as far as it does not say itself (PS3.4 table CC.2.5-3, final state).
fn explain(item: &mut Workitem, request: &DataSet, now_ms: i64) {
    let sequence = tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE;
    let mut progress = item.attributes.items(sequence).to_vec();
    if progress.is_empty() {
        progress.push(DataSet::new());
    }
    let first = &mut progress[0];
    for tag in [tags::REASON_FOR_CANCELLATION, tags::PROCEDURE_STEP_DISCONTINUATION_REASON_CODE_SEQUENCE] {
        if let Some(given) = request.get(tag).filter(|given| !given.is_empty()) {
            first.put(tag, given.vr, given.value.clone());
        }
    }
    if is_empty(first, tags::PROCEDURE_STEP_CANCELLATION_DATE_TIME) {
        first.put_text(tags::PROCEDURE_STEP_CANCELLATION_DATE_TIME, VR::DT, date_time(now_ms));
    }
    let reason = tags::PROCEDURE_STEP_DISCONTINUATION_REASON_CODE_SEQUENCE;
    if is_empty(first, reason) {
        first.put(reason, VR::SQ, Value::Sequence(vec![no_reason()]));
    }
    item.attributes.put(sequence, VR::SQ, Value::Sequence(progress));
}

/// Discontinued for unspecified reason (PS3.16 CID 9300).
fn no_reason() -> DataSet {
    let mut code = DataSet::new();
    code.put_text(tags::CODE_VALUE, VR::SH, "110513");
    code.put_text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, "DCM");
    code.put_text(tags::CODE_MEANING, VR::LO, "Discontinued for unspecified reason");
    code
}
