//! What is offered on an association: one file per service.

mod echo;
mod refused;
mod store;

pub use echo::Echo;
pub use refused::Refused;
pub use store::{Store, WRITE_SIZE};

use crate::sink::StoreSink;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Status};
use imaging_domain::Principal;
use std::sync::Arc;

/// An accepted presentation context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Abstract syntax UID.
    pub abstract_syntax: String,
    /// Transfer syntax UID.
    pub transfer_syntax: String,
}

/// One message that asks for something.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub peer: &'a Principal,
    /// On which presentation context.
    pub context: &'a Context,
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

    /// The data set, if there was one, is complete: what became of the request.
    async fn finish(self: Box<Self>) -> Status;
}

/// The services of an application entity. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<[Box<dyn Service>]>);

impl Services {
    /// Every service there is, storing into `sink`.
    pub fn new(sink: impl StoreSink) -> Self {
        Self(Arc::new([Box::new(Echo), Box::new(Store::new(sink))]))
    }

    /// Begins to answer a request; one that nobody offers is refused after its data set has passed.
    pub async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        match self.0.iter().find(|service| service.field() == request.command.field()) {
            Some(service) => service.begin(request).await,
            None => Box::new(Refused(Status::UNRECOGNIZED_OPERATION)),
        }
    }
}
