//! A step whose attributes are changed (PS3.4 CC.2.6.3).

use crate::{
    error::Error,
    requirements::{NOT_CHANGED, check_whole, date_time, wrong},
    states::check_transaction,
};
use catalog::{StepState, Workitem};
use imaging_domain::{DataSet, VR, tags};

/// The step with these attributes in place of those it had; sequences are replaced whole.
pub(crate) fn updated(
    item: &Workitem,
    transaction: Option<&str>,
    mut changes: DataSet,
    now_ms: i64,
) -> Result<Workitem, Error> {
    let within = changes.remove(tags::TRANSACTION_UID);
    let within = within.and_then(|element| match element.value {
        imaging_domain::Value::Text(values) => values.into_iter().next(),
        _ => None,
    });
    let transaction = transaction.map(str::to_owned).or(within);
    match item.state {
        // nobody has a key to what nobody has taken on
        StepState::Scheduled if transaction.is_some() => return Err(Error::TransactionIncorrect),
        StepState::Scheduled => {}
        StepState::InProgress => check_transaction(item, transaction.as_deref())?,
        StepState::Completed | StepState::Canceled => return Err(Error::Inconsistent),
    }
    changes.remove(tags::SPECIFIC_CHARACTER_SET);
    if let Some(tag) = NOT_CHANGED.into_iter().find(|tag| changes.get(*tag).is_some()) {
        return Err(wrong(tag, "it is not changed so"));
    }
    if changes.is_empty() {
        return Err(Error::Invalid("nothing is changed"));
    }
    let mut item = item.clone();
    for (tag, element) in changes.iter() {
        item.attributes.put(tag, element.vr, element.value.clone());
    }
    touched(&mut item, now_ms);
    check_whole(&item.attributes)?;
    Ok(item)
}

/// Says when it was changed.
pub(crate) fn touched(item: &mut Workitem, now_ms: i64) {
    item.changed_ms = now_ms;
    item.attributes.put_text(tags::SCHEDULED_PROCEDURE_STEP_MODIFICATION_DATE_TIME, VR::DT, date_time(now_ms));
}
