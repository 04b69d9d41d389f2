//! One instance that comes by C-GET, handed to whoever reads it while it comes.

use crate::services::{Answer, Conversation, Exchange, Gone, Refused, Request, Service};
use archive::Error;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Status};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// Hands what comes to whoever reads: our own file meta information, then the data set.
pub(super) struct Handover {
    pub(super) send: mpsc::Sender<Result<Bytes, Error>>,
    pub(super) wanted: String,
    pub(super) meta: Bytes,
    /// Whether any of it came.
    pub(super) has_begun: AtomicBool,
}

#[async_trait]
impl Service for Handover {
    fn field(&self) -> CommandField {
        CommandField::CStoreRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        match request.command {
            Command::StoreRequest(store) if store.sop_instance.as_str() == self.wanted => {
                self.has_begun.store(true, Ordering::Relaxed);
                let mut handing = Handing { send: self.send.clone(), is_read: true };
                handing.write(self.meta.clone()).await;
                Box::new(handing)
            }
            _ => Box::new(Refused(Status::PROCESSING_FAILURE)),
        }
    }
}

struct Handing {
    send: mpsc::Sender<Result<Bytes, Error>>,
    is_read: bool,
}

#[async_trait]
impl Exchange for Handing {
    async fn write(&mut self, bytes: Bytes) {
        self.is_read = self.is_read && self.send.send(Ok(bytes)).await.is_ok();
    }

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        Ok(if self.is_read { Status::SUCCESS } else { Status::OUT_OF_RESOURCES }.into())
    }
}
