//! What goes on to other application entities, and what is held back, as JSON.

use imaging_domain::{AeTitle, StudyUid};
use serde::{Deserialize, Serialize};

/// A destination for which copies wait or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Its title.
    pub ae_title: AeTitle,
    /// Copies that wait.
    pub waiting: u64,
    /// Copies that it will not take.
    pub failed: u64,
    /// Since when the one waits that waits longest.
    pub oldest_ms: Option<i64>,
    /// Why nothing is taken at the moment, in the words of the log.
    pub trouble: Option<String>,
    /// When it is tried again.
    pub next_ms: Option<i64>,
    /// Why the last one failed; empty when none did.
    pub why: String,
}

/// An application entity that asked whether its images are kept, and could not be told (storage commitment, PS3.4 annex J).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreported {
    /// Its title.
    pub ae_title: AeTitle,
    /// Reports that are tried again.
    pub waiting: u64,
    /// Reports that are tried no more by themselves.
    pub given_up: u64,
    /// When it asked for the oldest of them.
    pub oldest_ms: i64,
    /// Why that one was not taken, in the words of the log.
    pub why: String,
}

/// A study of which something is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// The study.
    pub study: StudyUid,
    /// Held instances.
    pub instances: u64,
    /// When the first came.
    pub since_ms: i64,
}
