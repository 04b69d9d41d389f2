//! C-MOVE (PS3.4 C.4.2): instances go to a peer that the configuration names, on an association of their own.

use super::{
    Answer, Context, Conversation, Exchange, Gone, Refused, Request, Service,
    houses::Houses,
    retrieval::Receiver,
    sending::{Instances, Retrieving, Target},
};
use crate::{
    images::Given,
    peers::Peer,
    requester::{Association, Error, Outgoing, Proposed, Requester, storage_contexts},
};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, DataSetType, Extended, MAX_CONTEXTS, Retrieval, Status};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{AeTitle, Principal, SopClassUid};
use std::{collections::BTreeSet, sync::Arc};

/// The Retrieve service by C-MOVE, over the images of each title, to known destinations.
#[derive(Clone)]
pub struct MoveTo {
    houses: Houses,
    destinations: Arc<[Peer]>,
    requester: Requester,
}

impl MoveTo {
    /// Retrieves from these houses to those peers that have an address; `requester` opens the associations, under the
    /// title that was called.
    pub fn new(houses: Houses, peers: Vec<Peer>, requester: Requester) -> Self {
        let destinations = peers.into_iter().filter(|peer| !peer.address.is_empty()).collect();
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
        let Some(destination) = self.destinations.iter().find(|peer| peer.ae_title == asked.destination) else {
            tracing::info!(destination = %asked.destination, "nobody knows the destination of a C-MOVE");
            return Box::new(Refused(Status::MOVE_DESTINATION_UNKNOWN));
        };
        let requester = self.requester.calling_as(retrieving.house.title.clone());
        Box::new(Moving { retrieving, destination: destination.clone(), requester })
    }
}

struct Moving {
    retrieving: Retrieving,
    destination: Peer,
    requester: Requester,
}

impl Moving {
    /// The association on which the instances go.
    async fn open(&self, (listed, _): &Instances) -> Result<Destination, Error> {
        let pairs = listed.iter().map(|one| (one.sop_class.as_str(), one.transfer_syntax.as_str()));
        let pairs: BTreeSet<_> = pairs.filter(|(class, _)| !class.is_empty()).collect();
        let classes: BTreeSet<String> = pairs.iter().map(|(class, _)| (*class).to_owned()).collect();
        let association = self.requester.open(&self.destination, &proposed(&pairs)).await?;
        let context = |class: &String, syntax: &str| {
            let (abstract_syntax, transfer_syntax) = (class.clone(), syntax.to_owned());
            (0, Context { abstract_syntax, transfer_syntax, takes: true, extended: Extended::default() })
        };
        let contexts: Vec<_> = classes
            .iter()
            .flat_map(|class| association.accepts(class).map(move |syntax| context(class, syntax)).collect::<Vec<_>>())
            .collect();
        let originator = match &self.retrieving.who {
            Principal::LocalPeer { ae, .. } => Some((ae.clone(), self.retrieving.asked.message_id)),
            _ => None,
        };
        Ok(Destination { association: Some(association), receiver: Receiver::new(contexts), originator })
    }
}

/// Contexts for the pairs of class and transfer syntax; where they are more than there can be, plain little endian alone.
fn proposed(pairs: &BTreeSet<(&str, &str)>) -> Vec<Proposed> {
    let contexts = storage_contexts(pairs.iter().copied().filter(|(_, syntax)| !syntax.is_empty()));
    let classes: BTreeSet<&str> = pairs.iter().map(|(class, _)| *class).collect();
    let plain = classes.into_iter().map(Proposed::plain);
    let mut all = contexts;
    for one in plain {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.len() > MAX_CONTEXTS {
        all.retain(|one| one.transfer_syntaxes.len() > 1);
        all.truncate(MAX_CONTEXTS);
    }
    all
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
        if let Some(association) = destination.association {
            // what was stored is stored; what goes wrong with the release is in the log
            let _ = association.end(Ok(())).await;
        }
        answer
    }
}

/// The destination on the association that was opened to it.
struct Destination {
    /// Absent when it broke: what is left is not sent.
    association: Option<Association>,
    receiver: Receiver,
    originator: Option<(AeTitle, u16)>,
}

#[async_trait]
impl Target for Destination {
    fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    async fn store(&mut self, given: Given, _peer: &mut dyn Conversation) -> Result<Status, Gone> {
        let Given { sop_class, sop_instance, transfer_syntax, mut data_set } = given;
        let Ok(sop_class) = SopClassUid::parse(&sop_class) else { return Ok(Status::SOP_CLASS_NOT_SUPPORTED) };
        let Some(mut association) = self.association.take() else { return Ok(Status::PROCESSING_FAILURE) };
        // what cannot be read at all costs itself alone
        let first = match data_set.try_next().await {
            Ok(first) => first,
            Err(error) => {
                tracing::warn!(%error, "an instance cannot be read");
                self.association = Some(association);
                return Ok(Status::PROCESSING_FAILURE);
            }
        };
        let data_set = stream::iter(first.map(Ok)).chain(data_set).boxed();
        let outgoing = Outgoing { sop_class, sop_instance, transfer_syntax, move_originator: self.originator.clone() };
        let stored = association.store(&outgoing, data_set).await;
        match stored {
            Ok(status) => {
                self.association = Some(association);
                Ok(status)
            }
            Err(Error::NotAccepted(what)) => {
                tracing::info!(what, "the destination takes no such instance");
                self.association = Some(association);
                Ok(Status::SOP_CLASS_NOT_SUPPORTED)
            }
            Err(error) => {
                tracing::warn!(%error, source = std::error::Error::source(&error), "the destination is lost");
                association.abort().await;
                Ok(Status::PROCESSING_FAILURE)
            }
        }
    }
}
