//! Who watches the way in: a hospital notes what came of whom and what could not be read. It stands in the one way in, so that no
//! door goes past it.

use crate::{
    error::Error,
    framing::{Framing, Outcome},
};
use async_trait::async_trait;
use imaging_domain::{Instance, Principal};
use std::sync::Arc;

/// The beginning of an arrival that is held until its end, for whoever looks at what could not be read.
pub const MAX_HEAD: usize = 64 << 10;

/// Told of every arrival, once, at its end. What is given up by its sender before its end is not told.
#[async_trait]
pub trait Witness: Send + Sync {
    /// It was taken in, and this became of it.
    fn took(&self, seen: &Seen, instance: &Instance, outcome: &Outcome);

    /// It was refused.
    async fn refused(&self, seen: &Seen, error: &Error);
}

/// What was seen of an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who sent it.
    pub who: Principal,
    /// How its bytes begin.
    pub framing: Framing,
    /// Its first bytes, at most [`MAX_HEAD`] of them.
    pub head: Vec<u8>,
    /// How many bytes came.
    pub bytes: u64,
    /// Whether it came to its end; one that was refused before has more bytes, which nobody saw.
    pub ended: bool,
}

/// An arrival that is watched.
pub(crate) struct Watch {
    witness: Arc<dyn Witness>,
    seen: Seen,
}

impl Watch {
    pub(crate) fn new(witness: &Arc<dyn Witness>, who: &Principal, framing: &Framing) -> Self {
        let (who, framing) = (who.clone(), framing.clone());
        let seen = Seen { who, framing, head: vec![], bytes: 0, ended: false };
        Self { witness: Arc::clone(witness), seen }
    }

    pub(crate) fn see(&mut self, chunk: &[u8]) {
        let room = MAX_HEAD.saturating_sub(self.seen.head.len());
        self.seen.head.extend_from_slice(&chunk[..room.min(chunk.len())]);
        self.seen.bytes += chunk.len() as u64;
    }

    /// It came to its end, and this became of it.
    pub(crate) async fn end(mut self, end: &Result<(Outcome, Instance), Error>) {
        self.seen.ended = true;
        match end {
            Ok((outcome, instance)) => self.witness.took(&self.seen, instance, outcome),
            Err(error) => self.witness.refused(&self.seen, error).await,
        }
    }

    /// It was refused before its end.
    pub(crate) async fn broke(self, error: &Error) {
        self.witness.refused(&self.seen, error).await;
    }
}
