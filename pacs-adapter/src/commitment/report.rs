//! What a peer is told (PS3.4 table J.3-2), and why an instance is not committed (PS3.3 C.14.1.1).

use super::transaction::Transaction;
use archive::Safekeeping;
use bytes::Bytes;
use dimse::{DataSetType, EventReportRequest, STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE, Status};
use imaging_domain::{DataSet, InstanceUid, SopClassUid, VR, Value, tags};
use part10::data_set_bytes;

/// Event Type ID when all are committed, and when some are not.
const ALL_COMMITTED: u16 = 1;
const FAILURES_EXIST: u16 = 2;

/// The Failure Reason of what was found; none when it is kept.
pub(super) fn failure_reason(found: Safekeeping) -> Option<u16> {
    let status = match found {
        Safekeeping::Kept => return None,
        Safekeeping::Missing => Status::NO_SUCH_SOP_INSTANCE,
        Safekeeping::OtherClass => Status::CLASS_INSTANCE_CONFLICT,
        Safekeeping::Damaged => Status::PROCESSING_FAILURE,
    };
    Some(status.code())
}

/// The message; its id is chosen by whoever sends it.
pub(super) fn message(transaction: &Transaction) -> Option<EventReportRequest> {
    let has_failures = transaction.failures.as_ref().is_some_and(|failures| !failures.is_empty());
    Some(EventReportRequest {
        message_id: 0,
        sop_class: SopClassUid::parse(STORAGE_COMMITMENT).ok()?,
        sop_instance: InstanceUid::parse(STORAGE_COMMITMENT_INSTANCE).ok()?,
        event_type: if has_failures { FAILURES_EXIST } else { ALL_COMMITTED },
        data_set: DataSetType::Present,
    })
}

/// Its data set. Nothing is committed of a transaction that was not looked at.
pub(super) fn data_set(transaction: &Transaction, transfer_syntax: &str) -> Bytes {
    let (mut committed, mut failed) = (Vec::new(), Vec::new());
    let mut failures = transaction.failures.iter().flatten().peekable();
    for (at, (class, instance)) in transaction.instances.iter().enumerate() {
        let mut item = DataSet::new();
        item.put_text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class.as_str());
        item.put_text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, instance.as_str());
        match failures.next_if(|(failed, _)| *failed == at) {
            Some((_, reason)) => {
                item.put(tags::FAILURE_REASON, VR::US, Value::Int(vec![i64::from(*reason)]));
                failed.push(item);
            }
            None if transaction.failures.is_some() => committed.push(item),
            None => {}
        }
    }
    let mut said = DataSet::new();
    said.put_text(tags::TRANSACTION_UID, VR::UI, transaction.uid.as_str());
    for (tag, items) in [(tags::REFERENCED_SOP_SEQUENCE, committed), (tags::FAILED_SOP_SEQUENCE, failed)] {
        if !items.is_empty() {
            said.put(tag, VR::SQ, Value::Sequence(items));
        }
    }
    data_set_bytes(&said, transfer_syntax, &[]).into()
}
