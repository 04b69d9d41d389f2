//! What is offered on an association: one file per service.

mod commit;
mod conversation;
mod destination;
mod echo;
mod find;
mod get;
mod houses;
mod identifier;
mod move_to;
mod outbox;
mod progress;
mod refused;
mod retrieval;
mod sending;
mod store;

pub use commit::Commit;
pub(crate) use conversation::Silence;
pub use conversation::{Answer, Conversation, DataSetBytes, Gone, Stored};
pub(crate) use destination::{Destination, NotSent, Pairs};
pub use echo::Echo;
pub use find::Find;
pub use get::Get;
pub use houses::{House, Houses};
pub use move_to::MoveTo;
pub(crate) use outbox::Notice;
pub use outbox::Outbox;
pub use refused::Refused;
pub use store::Store;

use crate::sink::StoreSink;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Extended, Status};
use imaging_domain::Principal;
use std::sync::Arc;

/// An accepted presentation context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Abstract syntax UID.
    pub abstract_syntax: String,
    /// Transfer syntax UID.
    pub transfer_syntax: String,
    /// Whether the peer takes instances on it that we send (SCP role, PS3.7 D.3.3.4).
    pub takes: bool,
    /// Which matching was negotiated beyond the usual.
    pub extended: Extended,
}

/// Whom a peer called: two application entities are at one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Called {
    /// The hospital: its own studies.
    Hospital,
    /// The region: everything that the hub shows this hospital.
    Region,
}

/// One message that asks for something.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub peer: &'a Principal,
    /// Whom it called.
    pub called: Called,
    /// On which presentation context.
    pub context: &'a Context,
    /// Where something may be said later on the same context; nowhere when the association is one that the adapter opened.
    pub outbox: Option<&'a Outbox>,
    /// What is asked.
    pub command: &'a Command,
}

/// A DIMSE service as its provider.
#[async_trait]
pub trait Service: Send + Sync {
    /// Which requests are its own.
    fn field(&self) -> CommandField;

    /// Begins to answer one.
    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange>;
}

/// One request being answered. It is dropped when the association ends before the data set does.
#[async_trait]
pub trait Exchange: Send {
    /// Takes the next bytes of the data set. What goes wrong is remembered for `finish`, so that the rest of a data
    /// set that was refused is passed over and the association lives on.
    async fn write(&mut self, bytes: Bytes);

    /// The data set, if there was one, is complete: says what comes before the last answer, and gives that one.
    ///
    /// # Errors
    /// [`Gone`] as the conversation says it.
    async fn finish(self: Box<Self>, peer: &mut dyn Conversation) -> Result<Answer, Gone>;
}

/// The services of an application entity. Cheap to clone.
#[derive(Clone)]
pub struct Services(Vec<Arc<dyn Service>>);

impl Services {
    /// Verification, and storing into `sink`.
    pub fn new(sink: impl StoreSink) -> Self {
        Self(vec![Arc::new(Echo), Arc::new(Store::new(sink))])
    }

    /// With one more.
    #[must_use]
    pub fn and(mut self, service: impl Service + 'static) -> Self {
        self.0.push(Arc::new(service));
        self
    }

    /// Begins to answer a request; one that nobody offers is refused after its data set has passed.
    pub async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        match self.0.iter().find(|service| service.field() == request.command.field()) {
            Some(service) => service.begin(request).await,
            None => Box::new(Refused(Status::UNRECOGNIZED_OPERATION)),
        }
    }
}
