//! What went wrong with what was sent here, for whoever looks after a restart.

use crate::error::Error;
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;

/// The most failures that are kept.
pub const MAX_FAILURES: usize = 200;

/// A failure, as often as it happened. No text of it speaks of a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Whom it befell.
    pub sender: String,
    /// Which kind, in a word.
    pub why: String,
    /// More of it.
    pub detail: String,
    /// How often.
    pub times: u64,
    /// When last, milliseconds since 1970 UTC.
    pub last_ms: i64,
}

/// The failures of one program.
#[async_trait]
pub trait Failures: Send + Sync {
    /// All of them, the latest first.
    async fn failures(&self, permit: &Permit<Overview>) -> Result<Vec<Failed>, Error>;

    /// These in place of what was there; of more than [`MAX_FAILURES`] the first. The same failure of the same sender is one.
    async fn put_failures(&self, permit: &Permit<Store>, failures: Vec<Failed>) -> Result<(), Error>;
}
