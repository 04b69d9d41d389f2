//! A sink that notes what passes.

use super::{
    Notes,
    ledger::Arrived,
    why::{is_of_the_bytes, sender, why},
};
use crate::sink::{StoreIncoming, StoreSink};
use archive::{Error, Framing, Outcome};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::{Principal, tags};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use viewer_api::Quarantined;

/// The beginning of an arrival that is held until its end, for its modality and for the quarantine.
const MAX_HEAD: usize = 64 << 10;

/// A sink before which notes are taken. Cheap to clone.
#[derive(Clone)]
pub struct Noted<S> {
    sink: S,
    notes: Arc<Notes>,
}

impl<S> Noted<S> {
    /// Notes what goes into `sink`.
    pub fn new(sink: S, notes: Arc<Notes>) -> Self {
        Self { sink, notes }
    }
}

/// An arrival of which notes are taken.
pub struct NotedIncoming<I> {
    incoming: I,
    about: About,
}

struct About {
    notes: Arc<Notes>,
    sender: String,
    framing: Framing,
    head: Vec<u8>,
    bytes: u64,
    /// Whether it was refused before its end.
    broken: bool,
}

#[async_trait]
impl<S: StoreSink> StoreSink for Noted<S> {
    type Incoming = NotedIncoming<S::Incoming>;

    async fn begin(&self, who: &Principal, framing: Framing) -> Result<Self::Incoming, Error> {
        let (notes, sender) = (Arc::clone(&self.notes), sender(who));
        let about = About { notes, sender, framing: framing.clone(), head: vec![], bytes: 0, broken: false };
        match self.sink.begin(who, framing).await {
            Ok(incoming) => Ok(NotedIncoming { incoming, about }),
            Err(error) => {
                about.refused(&error).await;
                Err(error)
            }
        }
    }
}

#[async_trait]
impl<I: StoreIncoming> StoreIncoming for NotedIncoming<I> {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.about.see(&chunk);
        let written = self.incoming.write(chunk).await;
        if let Err(error) = &written {
            // nothing more is asked of this arrival, and what still comes of it is not seen
            self.about.broken = true;
            self.about.refused(error).await;
        }
        written
    }

    async fn finish(self) -> Result<Outcome, Error> {
        let finished = self.incoming.finish().await;
        match &finished {
            Ok(outcome) => self.about.arrived(outcome),
            Err(error) => self.about.refused(error).await,
        }
        finished
    }
}

impl About {
    fn see(&mut self, chunk: &[u8]) {
        let room = MAX_HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&chunk[..room.min(chunk.len())]);
        self.bytes += chunk.len() as u64;
    }

    fn arrived(&self, outcome: &Outcome) {
        let attributes = archive::peek_index(&self.framing, &self.head);
        let modality = attributes.text(tags::MODALITY).unwrap_or_default();
        let arrived = Arrived { sender: &self.sender, modality, bytes: self.bytes, outcome };
        self.notes.ledger.arrived(&arrived, self.notes.now_ms());
    }

    async fn refused(&self, error: &Error) {
        let (why, detail) = why(error);
        let (notes, now_ms) = (Arc::clone(&self.notes), self.notes.now_ms());
        notes.ledger.refused(&self.sender, why, &detail, now_ms);
        if !is_of_the_bytes(error) || self.head.is_empty() {
            return;
        }
        let (head, framing, sender) = (self.head.clone(), self.framing.clone(), self.sender.clone());
        let whole = !self.broken && head.len() as u64 == self.bytes;
        let why = why.to_owned();
        let about = Quarantined { id: String::new(), at_ms: now_ms, sender, why, detail, bytes: self.bytes, whole };
        let kept = spawn_blocking(move || notes.quarantine.keep(about, &framing, &head)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "a refused arrival cannot be kept for a look");
        }
    }
}
