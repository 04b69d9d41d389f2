//! C-GET (PS3.4 C.4.3): instances go to the asker on its own association.

use super::{
    Answer, Conversation, Exchange, Gone, Refused, Request, Service, Stored,
    houses::Houses,
    retrieval::Receiver,
    sending::{Retrieving, Target},
};
use crate::images::Given;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Priority, Retrieval, Status, StoreRequest};
use imaging_domain::SopClassUid;

/// The Retrieve service by C-GET, over the images of each title.
#[derive(Clone)]
pub struct Get {
    houses: Houses,
}

impl Get {
    /// Retrieves from these.
    pub fn new(houses: Houses) -> Self {
        Self { houses }
    }
}

#[async_trait]
impl Service for Get {
    fn field(&self) -> CommandField {
        CommandField::CGetRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let Command::GetRequest(get) = request.command else {
            return Box::new(Refused(Status::DATA_SET_MISMATCH));
        };
        match Retrieving::begin(&self.houses, request, &get.sop_class, Retrieval::Get) {
            Some(retrieving) => Box::new(Getting(retrieving)),
            None => Box::new(Refused(Status::SOP_CLASS_NOT_SUPPORTED)),
        }
    }
}

struct Getting(Retrieving);

#[async_trait]
impl Exchange for Getting {
    async fn write(&mut self, bytes: Bytes) {
        self.0.identifier.add(&bytes);
    }

    async fn finish(self: Box<Self>, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        match self.0.instances().await {
            Ok(instances) => {
                let mut asker = Asker(Receiver::new(peer.contexts()));
                self.0.send(instances, &mut asker, peer).await
            }
            Err(refusal) => Ok(refusal),
        }
    }
}

/// The asker on its own association.
struct Asker(Receiver);

#[async_trait]
impl Target for Asker {
    fn receiver(&self) -> &Receiver {
        &self.0
    }

    async fn store(&mut self, given: Given, peer: &mut dyn Conversation) -> Result<Status, Gone> {
        let Given { sop_class, sop_instance, transfer_syntax, data_set } = given;
        let context = self.0.context(&sop_class, &transfer_syntax);
        let (Some(context), Ok(sop_class)) = (context, SopClassUid::parse(&sop_class)) else {
            tracing::info!(%sop_class, %transfer_syntax, "the asker takes no such instance");
            return Ok(Status::SOP_CLASS_NOT_SUPPORTED);
        };
        let (message_id, priority, move_originator) = (0, Priority::Medium, None);
        let request = StoreRequest { message_id, priority, sop_class, sop_instance, move_originator };
        match peer.store(context, request, data_set).await? {
            Stored::Answered(status) => Ok(status),
            Stored::Unread(error) => {
                tracing::warn!(%error, "an instance cannot be read");
                Ok(Status::PROCESSING_FAILURE)
            }
        }
    }
}
