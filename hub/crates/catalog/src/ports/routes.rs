//! Where instances go on to, and what is held back.

use crate::error::Error;
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;
use imaging_domain::{AeTitle, Digest, InstanceUid, SeriesUid, SiteId, StudyUid};

/// What is to be done with an arrival beside indexing it, in the same transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    /// Application entities that get a copy.
    pub send_to: Vec<AeTitle>,
    /// Whether it is told at once.
    pub telling: Telling,
    /// What the bytes were before attributes were changed; the same again is a duplicate.
    pub original: Option<Digest>,
}

/// Whether an arrival is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Telling {
    /// It is in the index, in the feed, and goes where it is to go.
    #[default]
    Now,
    /// It is kept and told to nobody until its study is released.
    WhenReleased,
}

/// An instance on its way to a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its number in the queue.
    pub id: i64,
    /// Study.
    pub study: StudyUid,
    /// Series.
    pub series: SeriesUid,
    /// Itself.
    pub instance: InstanceUid,
    /// SOP Class UID; empty when it has none.
    pub sop_class: String,
    /// Transfer syntax UID of what is stored.
    pub transfer_syntax: String,
}

/// The queue of one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteState {
    /// Who.
    pub destination: AeTitle,
    /// Instances that wait.
    pub waiting: u64,
    /// Instances that it will not take.
    pub failed: u64,
    /// Since when the one waits that waits longest, milliseconds since 1970 UTC.
    pub oldest_ms: Option<i64>,
    /// Why the last one failed; empty when none did.
    pub why: String,
}

/// A study of which something is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldStudy {
    /// The study.
    pub study: StudyUid,
    /// Held instances.
    pub instances: u64,
    /// When the first came, milliseconds since 1970 UTC.
    pub since_ms: i64,
}

/// The queues to other application entities, and what is held. Whatever was put in by a commit is there after a crash.
#[async_trait]
pub trait Routes: Send + Sync {
    /// What waits for a destination, the longest waiting first, after a number of the queue, at most `limit`.
    async fn waiting(
        &self,
        permit: &Permit<Overview>,
        destination: &AeTitle,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Queued>, Error>;

    /// The destination has taken these.
    async fn sent(&self, permit: &Permit<Store>, ids: Vec<i64>) -> Result<(), Error>;

    /// The destination will not take this one; why, without a word about the patient.
    async fn refused(&self, permit: &Permit<Store>, id: i64, why: &str) -> Result<(), Error>;

    /// Lets what failed wait again, at one destination or at all; says how many.
    async fn retry(&self, permit: &Permit<Store>, destination: Option<&AeTitle>) -> Result<u64, Error>;

    /// Every destination for which something waits, by title; the time it takes grows with them, not with their queues.
    async fn destinations(&self, permit: &Permit<Overview>) -> Result<Vec<AeTitle>, Error>;

    /// Every destination for which something waits or failed, by title.
    async fn routes(&self, permit: &Permit<Overview>) -> Result<Vec<RouteState>, Error>;

    /// Studies of which something is held, the longest held first, at most `limit`.
    async fn held(&self, permit: &Permit<Overview>, limit: usize) -> Result<Vec<HeldStudy>, Error>;

    /// Releases what is held of a study: it comes into the index and the feed, and goes where it was to go, in one
    /// transaction. Says how many instances.
    async fn release(&self, permit: &Permit<Store>, site: &SiteId, study: &StudyUid, now_ms: i64)
    -> Result<u64, Error>;
}
