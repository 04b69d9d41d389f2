//! What a peer is told (PS3.4 table J.3-2).

use super::transaction::Transaction;
use bytes::Bytes;
use dicomweb::{Reference, commitment_response};
use dimse::{DataSetType, EventReportRequest, STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE};
use imaging_domain::{DataSet, InstanceUid, SopClassUid, VR, tags};
use part10::data_set_bytes;

/// Event Type ID when all are committed, and when some are not.
const ALL_COMMITTED: u16 = 1;
const FAILURES_EXIST: u16 = 2;

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
    let mut said = transaction.failures.as_ref().map_or_else(DataSet::new, |failures| {
        let named = transaction.instances.iter().cloned().map(Reference::Instance);
        let mut found: Vec<_> = named.map(|one| (one, None)).collect();
        for (at, reason) in failures {
            if let Some(place) = found.get_mut(*at) {
                place.1 = Some(*reason);
            }
        }
        commitment_response(&found)
    });
    said.put_text(tags::TRANSACTION_UID, VR::UI, transaction.uid.as_str());
    data_set_bytes(&said, transfer_syntax, &[]).into()
}
