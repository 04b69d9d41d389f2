//! C-MOVE (PS3.4 C.4.2): instances go to a peer that is known, with an address, on an association of their own.

use super::{
    Answer, Conversation, Exchange, Gone, Refused, Request, Service,
    destination::{Destination, NotSent},
    houses::Houses,
    retrieval::Receiver,
    sending::{Instances, Retrieving, Target},
};
use crate::{
    images::Given,
    peers::{Peer, Peers},
    requester::{Error, Requester},
    status::comment_of,
};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, DataSetType, Retrieval, Status};
use imaging_domain::{AeTitle, Principal};

/// The Retrieve service by C-MOVE, over the images of each title, to known destinations.
#[derive(Clone)]
pub struct MoveTo {
    houses: Houses,
    destinations: Peers,
    requester: Requester,
}

impl MoveTo {
    /// Retrieves from these houses to those of the peers that have an address; `requester` opens the associations, under the
    /// title that was called.
    pub fn new(houses: Houses, destinations: Peers, requester: Requester) -> Self {
        Self { houses, destinations, requester }
    }
}

#[async_trait]
impl Service for MoveTo {
    fn field(&self) -> CommandField {
        CommandField::CMoveRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let Command::MoveRequest(asked) = request.command else {
            // a title that is none names nobody
            let has_identifier = request.command.data_set() == DataSetType::Present;
            let status = if has_identifier { Status::MOVE_DESTINATION_UNKNOWN } else { Status::DATA_SET_MISMATCH };
            return Box::new(Refused(status));
        };
        let retrieving = Retrieving::begin(&self.houses, request, &asked.sop_class, Retrieval::Move);
        let Some(retrieving) = retrieving else { return Box::new(Refused(Status::SOP_CLASS_NOT_SUPPORTED)) };
        let Some(destination) = self.destinations.by_title(&asked.destination) else {
            tracing::info!(destination = %asked.destination, "nobody knows the destination of a C-MOVE");
            return Box::new(Unknown(retrieving));
        };
        let requester = self.requester.calling_as(retrieving.house.title.clone());
        Box::new(Moving { retrieving, destination, requester })
    }
}

/// A retrieval to nobody knows where.
struct Unknown(Retrieving);

#[async_trait]
impl Exchange for Unknown {
    async fn write(&mut self, _bytes: Bytes) {}

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let status = Status::MOVE_DESTINATION_UNKNOWN;
        Ok(self.0.asked.refused(status, comment_of(status)))
    }
}

struct Moving {
    retrieving: Retrieving,
    destination: Peer,
    requester: Requester,
}

impl Moving {
    /// The association on which the instances go.
    async fn open(&self, (listed, _): &Instances) -> Result<Sending, Error> {
        let pairs = listed.iter().map(|one| (one.sop_class.as_str(), one.transfer_syntax.as_str())).collect();
        let destination = Destination::open(&self.requester, &self.destination, &pairs).await?;
        let originator = match &self.retrieving.who {
            Principal::LocalPeer { ae, .. } => Some((ae.clone(), self.retrieving.asked.message_id)),
            _ => None,
        };
        Ok(Sending { receiver: destination.receiver().clone(), destination: Some(destination), originator })
    }
}

#[async_trait]
impl Exchange for Moving {
    async fn write(&mut self, bytes: Bytes) {
        self.retrieving.identifier.add(&bytes);
    }

    async fn finish(self: Box<Self>, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let instances = match self.retrieving.instances().await {
            Ok(instances) if instances.0.is_empty() => return Ok(self.retrieving.none_sent(&instances)),
            Ok(instances) => instances,
            Err(refusal) => return Ok(refusal),
        };
        let mut destination = match self.open(&instances).await {
            Ok(destination) => destination,
            Err(error) => {
                let source = std::error::Error::source(&error);
                tracing::warn!(%error, source, ae = %self.destination.ae_title, "the destination takes nothing");
                return Ok(self.retrieving.none_sent(&instances));
            }
        };
        let answer = self.retrieving.send(instances, &mut destination, peer).await;
        if let Some(destination) = destination.destination {
            destination.end().await;
        }
        answer
    }
}

/// The destination while instances go to it.
struct Sending {
    /// Absent when the association broke: what is left is not sent.
    destination: Option<Destination>,
    receiver: Receiver,
    originator: Option<(AeTitle, u16)>,
}

#[async_trait]
impl Target for Sending {
    fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    async fn store(&mut self, given: Given, _peer: &mut dyn Conversation) -> Result<Status, Gone> {
        let Some(mut destination) = self.destination.take() else { return Ok(Status::PROCESSING_FAILURE) };
        let status = match destination.store(given, self.originator.clone()).await {
            Ok(status) => status,
            Err(NotSent::Unreadable(error)) => {
                tracing::warn!(%error, "an instance cannot be read");
                Status::PROCESSING_FAILURE
            }
            Err(NotSent::NotAccepted(what)) => {
                tracing::info!(what, "the destination takes no such instance");
                Status::SOP_CLASS_NOT_SUPPORTED
            }
            Err(NotSent::Lost(error)) => {
                tracing::warn!(%error, source = std::error::Error::source(&error), "the destination is lost");
                destination.abort().await;
                return Ok(Status::PROCESSING_FAILURE);
            }
        };
        self.destination = Some(destination);
        Ok(status)
    }
}
