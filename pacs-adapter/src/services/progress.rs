//! How far the sub-operations of a retrieval are, and what is told of them (PS3.4 C.4.2.1.5 to C.4.2.1.9, C.4.3.1).

use super::Answer;
use bytes::Bytes;
use dimse::{Category, Command, DataSetType, Remark, Retrieval, RetrieveResponse, Status, SubOperations};
use imaging_domain::{DataSet, InstanceUid, SopClassUid, VR, Value, tags};
use part10::data_set_bytes;
use std::collections::HashSet;

/// The most instances that a list of failures names: as many as one value of explicit VR holds.
const MAX_FAILED: usize = 1_000;

/// The retrieval that is answered.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) operation: Retrieval,
    pub(super) message_id: u16,
    pub(super) sop_class: SopClassUid,
    /// Transfer syntax UID of the identifiers.
    pub(super) transfer_syntax: String,
}

/// Counts of sub-operations.
pub(super) struct Progress {
    asked: Asked,
    /// Instances of which nothing was told to the peer yet.
    open: HashSet<InstanceUid>,
    completed: usize,
    warning: usize,
    failed: Vec<InstanceUid>,
}

impl Progress {
    pub(super) fn new(asked: Asked, instances: impl Iterator<Item = InstanceUid>) -> Self {
        Self { asked, open: instances.collect(), completed: 0, warning: 0, failed: vec![] }
    }

    /// Whether an instance is still to be sent; one that comes twice is sent once.
    pub(super) fn is_open(&self, instance: &InstanceUid) -> bool {
        self.open.contains(instance)
    }

    /// An instance was sent, or tried.
    pub(super) fn add(&mut self, instance: &InstanceUid, status: Status) {
        if !self.open.remove(instance) {
            return;
        }
        match status.category() {
            Category::Success => self.completed += 1,
            Category::Warning => self.warning += 1,
            Category::Failure | Category::Cancel | Category::Pending => self.failed.push(instance.clone()),
        }
    }

    /// What is told after each sub-operation.
    pub(super) fn pending(&self) -> Command {
        self.response(Status::PENDING, DataSetType::Absent, Some(self.open.len()))
    }

    /// The last answer: what was not sent by now has failed, or remains when the asker gave up.
    pub(super) fn end(mut self, is_cancelled: bool) -> Answer {
        if is_cancelled {
            return self.last(Status::CANCEL);
        }
        let unsent = std::mem::take(&mut self.open);
        self.failed.extend(unsent);
        let status = match (self.failed.len(), self.completed + self.warning) {
            (0, _) if self.warning == 0 => Status::SUCCESS,
            (0, _) | (_, 1..) => Status::SUB_OPERATIONS_FAILED,
            (_, 0) => Status::CANNOT_PERFORM_SUB_OPERATIONS,
        };
        self.last(status)
    }

    fn last(&self, status: Status) -> Answer {
        let remaining = (status == Status::CANCEL).then_some(self.open.len());
        if self.failed.is_empty() {
            return Answer::Whole(Box::new(self.response(status, DataSetType::Absent, remaining)), None);
        }
        let mut list = DataSet::new();
        let failed = self.failed.iter().take(MAX_FAILED).map(|uid| uid.as_str().to_owned()).collect();
        list.put(tags::FAILED_SOP_INSTANCE_UID_LIST, VR::UI, Value::Text(failed));
        let list = Bytes::from(data_set_bytes(&list, &self.asked.transfer_syntax, &[]));
        Answer::Whole(Box::new(self.response(status, DataSetType::Present, remaining)), Some(list))
    }

    fn response(&self, status: Status, data_set: DataSetType, remaining: Option<usize>) -> Command {
        let Asked { operation, message_id, sop_class, .. } = self.asked.clone();
        // what does not fit stays at the highest number there is
        let count = |number: usize| Some(u16::try_from(number).unwrap_or(u16::MAX));
        let counts = SubOperations {
            remaining: remaining.and_then(count),
            completed: count(self.completed),
            failed: count(self.failed.len()),
            warning: count(self.warning),
        };
        let (sop_class, remark) = (Some(sop_class), Remark::default());
        Command::RetrieveResponse(RetrieveResponse {
            operation,
            message_id,
            sop_class,
            status,
            data_set,
            counts,
            remark,
        })
    }
}

impl Asked {
    /// The answer when there is nothing to count.
    pub(super) fn refused(&self, status: Status, remark: Remark) -> Answer {
        let Self { operation, message_id, sop_class, .. } = self.clone();
        let (sop_class, counts, data_set) = (Some(sop_class), SubOperations::default(), DataSetType::Absent);
        let response = RetrieveResponse { operation, message_id, sop_class, status, data_set, counts, remark };
        Answer::Whole(Box::new(Command::RetrieveResponse(response)), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(statuses: &[u16], cancelled: bool) -> (u16, SubOperations, bool) {
        let asked = Asked {
            operation: Retrieval::Get,
            message_id: 1,
            sop_class: SopClassUid::parse("1.2").unwrap(),
            transfer_syntax: "1.2.840.10008.1.2".to_owned(),
        };
        let uid = |number: usize| InstanceUid::parse(&format!("1.{number}")).unwrap();
        let mut progress = Progress::new(asked, (0..3).map(uid));
        for (number, status) in statuses.iter().enumerate() {
            progress.add(&uid(number), Status::from_code(*status));
        }
        let Answer::Whole(command, list) = progress.end(cancelled) else { panic!("a response") };
        let Command::RetrieveResponse(response) = *command else { panic!("a retrieval's response") };
        assert_eq!(list.is_some(), response.data_set == DataSetType::Present);
        (response.status.code(), response.counts, list.is_some())
    }

    #[test]
    fn the_last_status_tells_what_became_of_all() {
        let counts = |remaining, completed, failed, warning| SubOperations {
            remaining,
            completed: Some(completed),
            failed: Some(failed),
            warning: Some(warning),
        };
        for (statuses, cancelled, expected) in [
            (&[0, 0, 0][..], false, (0, counts(None, 3, 0, 0), false)),
            (&[0, 0xB000, 0], false, (0xB000, counts(None, 2, 0, 1), false)),
            (&[0, 0xA700, 0], false, (0xB000, counts(None, 2, 1, 0), true)),
            (&[0], false, (0xB000, counts(None, 1, 2, 0), true)),
            (&[], false, (0xA702, counts(None, 0, 3, 0), true)),
            (&[0], true, (0xFE00, counts(Some(2), 1, 0, 0), false)),
            (&[0, 0xC000], true, (0xFE00, counts(Some(1), 1, 1, 0), true)),
        ] {
            assert_eq!(ended(statuses, cancelled), expected, "{statuses:?}");
        }
    }
}
