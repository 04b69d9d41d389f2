//! What the adapter notes of arrivals beside storing them: how many came of whom today, what went wrong, and what could not be
//! read. It stands before the sink of DICOM, import, watched folder and crawl; STOW-RS goes past it.

mod ledger;
mod noted;
mod quarantine;
mod why;

pub use noted::Noted;
pub use quarantine::Kept;

use crate::notes::{ledger::Ledger, quarantine::Quarantine};
use anyhow::Result;
use std::path::Path;

/// The notes of one adapter.
pub struct Notes {
    /// Counts of today, and failures.
    pub ledger: Ledger,
    /// What could not be read.
    pub quarantine: Quarantine,
    clock: fn() -> i64,
}

impl Notes {
    /// The notes in an adapter's folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(dir: &Path, clock: fn() -> i64) -> Result<Self> {
        let ledger = Ledger::open(dir.join("today.json"), clock());
        Ok(Self { ledger, quarantine: Quarantine::open(dir.join("quarantine"))?, clock })
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        (self.clock)()
    }
}
