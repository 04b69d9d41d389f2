//! C-STORE (PS3.4 annex B): a data set becomes an instance while it arrives.

use super::{Answer, Conversation, Exchange, Gone, Refused, Request, Service};
use crate::{
    sink::{StoreIncoming, StoreSink},
    status::status_of,
};
use archive::{Framing, Outcome};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use dimse::{Command, CommandField, Status, is_other_service};

/// Fragments shorter than this are gathered until they are as long, each costing about as much as a long one; longer ones
/// go to the sink as they lie in the socket's buffer.
const GATHERED: usize = 64 * 1024;

/// The Storage service, over where instances go.
#[derive(Debug, Clone)]
pub struct Store<S> {
    sink: S,
}

impl<S> Store<S> {
    /// Stores into `sink`.
    pub fn new(sink: S) -> Self {
        Self { sink }
    }
}

#[async_trait]
impl<S: StoreSink> Service for Store<S> {
    fn field(&self) -> CommandField {
        CommandField::CStoreRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let Command::StoreRequest(store) = request.command else {
            return Box::new(Refused(Status::INVALID_SOP_INSTANCE));
        };
        if is_other_service(&request.context.abstract_syntax) {
            return Box::new(Refused(Status::SOP_CLASS_NOT_SUPPORTED));
        }
        let framing = Framing::DataSet {
            transfer_syntax: request.context.transfer_syntax.clone(),
            sop_class: store.sop_class.as_str().to_owned(),
            sop_instance: store.sop_instance.as_str().to_owned(),
        };
        let incoming = self.sink.begin(request.peer, framing).await;
        Box::new(Arriving { incoming, gathered: BytesMut::new() })
    }
}

/// A data set on its way. Once `incoming` is an error it stays one.
struct Arriving<I> {
    incoming: Result<I, archive::Error>,
    gathered: BytesMut,
}

impl<I: StoreIncoming> Arriving<I> {
    async fn hand_on(&mut self, bytes: Bytes) {
        let Ok(incoming) = &mut self.incoming else { return };
        if let Err(error) = incoming.write(bytes).await {
            self.incoming = Err(error);
        }
    }

    /// Hands on what was gathered, if there is any.
    async fn flush(&mut self) {
        if !self.gathered.is_empty() {
            let gathered = self.gathered.split().freeze();
            self.hand_on(gathered).await;
        }
    }

    async fn outcome(mut self) -> Result<Outcome, archive::Error> {
        self.flush().await;
        self.incoming?.finish().await
    }
}

#[async_trait]
impl<I: StoreIncoming> Exchange for Arriving<I> {
    async fn write(&mut self, bytes: Bytes) {
        if self.incoming.is_err() {
            return;
        }
        if bytes.len() < GATHERED {
            self.gathered.extend_from_slice(&bytes);
            if self.gathered.len() >= GATHERED {
                self.flush().await;
            }
        } else {
            self.flush().await;
            self.hand_on(bytes).await;
        }
    }

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let outcome = self.outcome().await;
        let word = match outcome.as_ref().map(Outcome::plain) {
            Ok(Outcome::Duplicate(_)) => "duplicate",
            Ok(Outcome::Conflict(_)) => "conflict",
            Ok(Outcome::Dropped(_)) => "dropped",
            Ok(Outcome::Stored(_) | Outcome::Coerced(_)) => "stored",
            Err(_) => "refused",
        };
        metrics::counter!("dimse_store_instances_total", "outcome" => word).increment(1);
        let status = outcome.map_or_else(
            |error| {
                let status = status_of(&error);
                tracing::warn!(%error, source = std::error::Error::source(&error), %status, "instance was refused");
                status
            },
            |outcome| match outcome {
                Outcome::Coerced(_) => Status::COERCION_OF_DATA_ELEMENTS,
                _ => Status::SUCCESS,
            },
        );
        Ok(status.into())
    }
}
