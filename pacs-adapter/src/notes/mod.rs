//! What the adapter notes of arrivals beside storing them: how many came of whom today, what went wrong, and what could not be
//! read. It is the witness of the one way in, so that whatever door something comes by is noted.

mod arrivals;
mod failures;
mod ledger;
mod noting;
mod quarantine;
mod why;

pub use arrivals::{Arrivals, Awaited};
pub use noting::Noting;
pub use quarantine::Kept;

use crate::notes::{
    failures::Failures,
    ledger::{Arrived, Ledger},
    quarantine::Quarantine,
};
use anyhow::Result;
use archive::Outcome;
use imaging_domain::tags;
use std::{path::Path, sync::Arc};
use viewer_api::Failure;

/// The notes of one adapter.
pub struct Notes {
    /// What comes of studies that are fetched.
    pub arrivals: Arrivals,
    /// Counts of today.
    pub ledger: Ledger,
    /// What went wrong.
    pub failures: Failures,
    /// What could not be read.
    pub quarantine: Quarantine,
    clock: fn() -> i64,
}

impl Notes {
    /// The notes in an adapter's folder and its index.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(dir: &Path, index: Arc<dyn catalog::Failures>, clock: fn() -> i64) -> Result<Self> {
        let ledger = Ledger::open(dir.join("today.json"), clock());
        let quarantine = Quarantine::open(dir.join("quarantine"))?;
        Ok(Self { arrivals: Arrivals::default(), ledger, failures: Failures::of(index), quarantine, clock })
    }

    /// Writes down what changed. What cannot be written is logged: the next time may do better.
    pub async fn write(self: &Arc<Self>) {
        if let Err(error) = self.failures.write().await {
            tracing::warn!(%error, "failures cannot be written down");
        }
        let notes = Arc::clone(self);
        let written = tokio::task::spawn_blocking(move || notes.ledger.write(notes.now_ms()));
        if written.await.is_err() {
            tracing::warn!("today's counts cannot be written");
        }
    }

    /// Counts what had been quarantined as come today, of its own sender.
    pub fn taken_in_again(&self, kept: &Kept, bytes: &[u8], outcome: &Outcome) {
        let attributes = archive::peek_index(&kept.framing(), bytes);
        let modality = attributes.text(tags::MODALITY).unwrap_or_default();
        let (sender, bytes) = (&kept.about.sender, kept.about.bytes);
        self.ledger.arrived(&Arrived { sender, modality, bytes, outcome }, self.now_ms());
    }

    /// Notes a trouble of a folder that is watched; `detail` names no files and nobody.
    pub fn folder_trouble(&self, sender: &str, detail: &str) {
        let [sender, why, detail] = [sender, "folder", detail].map(str::to_owned);
        self.failures.add(Failure { last_ms: self.now_ms(), times: 1, sender, why, detail });
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        (self.clock)()
    }
}
