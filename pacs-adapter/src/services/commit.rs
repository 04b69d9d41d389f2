//! N-ACTION of the Storage Commitment Push Model (PS3.4 J.3.2): the request is written down; the report follows by itself.

use super::{Answer, Context, Conversation, Exchange, Gone, Outbox, Refused, Request, Service};
use crate::commitment::{Commitments, MAX_REQUEST, Transaction};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{ActionRequest, Command, CommandField, STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE, Status};
use imaging_domain::{AeTitle, Principal};

/// Request Storage Commitment (PS3.4 table J.3.2-1).
const REQUEST_STORAGE_COMMITMENT: u16 = 1;

/// The Storage Commitment service.
#[derive(Clone)]
pub struct Commit {
    commitments: Commitments,
}

impl Commit {
    /// Over these.
    pub fn new(commitments: Commitments) -> Self {
        Self { commitments }
    }
}

#[async_trait]
impl Service for Commit {
    fn field(&self) -> CommandField {
        CommandField::NActionRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let (Command::ActionRequest(action), Principal::LocalPeer { ae, .. }) = (request.command, request.peer) else {
            return Box::new(Refused(Status::NO_SUCH_SOP_INSTANCE));
        };
        if let Some(status) = refusal(action, request.context) {
            return Box::new(Refused(status));
        }
        Box::new(Asking {
            commitments: self.commitments.clone(),
            ae: ae.clone(),
            context: request.context.clone(),
            outbox: request.outbox.cloned(),
            bytes: Vec::new(),
        })
    }
}

fn refusal(action: &ActionRequest, context: &Context) -> Option<Status> {
    if context.abstract_syntax != STORAGE_COMMITMENT || action.sop_class.as_str() != STORAGE_COMMITMENT {
        return Some(Status::SOP_CLASS_NOT_SUPPORTED);
    }
    if action.sop_instance.as_str() != STORAGE_COMMITMENT_INSTANCE {
        return Some(Status::NO_SUCH_SOP_INSTANCE);
    }
    (action.action_type != REQUEST_STORAGE_COMMITMENT).then_some(Status::NO_SUCH_ACTION)
}

struct Asking {
    commitments: Commitments,
    ae: AeTitle,
    context: Context,
    outbox: Option<Outbox>,
    bytes: Vec<u8>,
}

#[async_trait]
impl Exchange for Asking {
    async fn write(&mut self, bytes: Bytes) {
        // one byte too many tells that there were
        let room = (MAX_REQUEST + 1).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let status = match Transaction::read(&self.bytes, &self.context.transfer_syntax, self.ae) {
            Ok(transaction) => self.commitments.accept(transaction, self.outbox).await,
            Err(status) => status,
        };
        metrics::counter!("dimse_commitment_requests_total", "status" => status.to_string()).increment(1);
        Ok(status.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dimse::{DataSetType, Extended};
    use imaging_domain::{InstanceUid, SopClassUid, transfer_syntax};

    #[test]
    fn nothing_but_a_request_of_commitment_is_accepted() {
        let action = |sop_class: &str, sop_instance: &str, action_type| ActionRequest {
            message_id: 1,
            sop_class: SopClassUid::parse(sop_class).unwrap(),
            sop_instance: InstanceUid::parse(sop_instance).unwrap(),
            action_type,
            data_set: DataSetType::Present,
        };
        let context = |abstract_syntax: &str| Context {
            abstract_syntax: abstract_syntax.to_owned(),
            transfer_syntax: transfer_syntax::IMPLICIT_LITTLE.to_owned(),
            takes: false,
            extended: Extended::default(),
        };
        let here = context(STORAGE_COMMITMENT);
        let (class, instance) = (STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE);
        assert_eq!(refusal(&action(class, instance, 1), &here), None);
        for (asked, context, status) in [
            (action(class, "1.2.3", 1), &here, Status::NO_SUCH_SOP_INSTANCE),
            (action("1.2.3", instance, 1), &here, Status::SOP_CLASS_NOT_SUPPORTED),
            (action(class, instance, 1), &context("1.2.840.10008.1.1"), Status::SOP_CLASS_NOT_SUPPORTED),
            (action(class, instance, 2), &here, Status::NO_SUCH_ACTION),
        ] {
            assert_eq!(refusal(&asked, context), Some(status));
        }
    }
}
