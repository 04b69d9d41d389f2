//! Which series changed, and whether what is kept ready of them is of what they hold now.

use super::Scope;
use crate::error::Error;
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use imaging_domain::{Digest, SeriesUid, StudyUid};
use sha2::{Digest as _, Sha256};

/// A series and what it holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesVersion {
    /// Its study.
    pub study: StudyUid,
    /// The series.
    pub series: SeriesUid,
    /// [`version_of`] its instances, of each the copy stored first.
    pub version: Digest,
    /// How many instances, each counted once.
    pub instances: u64,
}

impl SeriesVersion {
    /// The series as a scope.
    pub fn scope(&self) -> Scope {
        Scope { study: self.study.clone(), series: Some(self.series.clone()), instance: None }
    }
}

/// What a series holds, as one value: SHA-256 over SOP Instance UID and digest of its instances in the order of UID. An
/// instance more, less or with other bytes gives another; a further copy of the same gives the same.
pub fn version_of<'a>(instances: impl IntoIterator<Item = (&'a str, &'a Digest)>) -> Digest {
    let mut hasher = Sha256::new();
    for (uid, digest) in instances {
        hasher.update(uid.as_bytes());
        hasher.update([0]);
        hasher.update(digest.0);
    }
    Digest(hasher.finalize().into())
}

/// A series and the time, in milliseconds since 1970 UTC, before which it is not tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    /// Its study.
    pub study: StudyUid,
    /// The series.
    pub series: SeriesUid,
    /// When.
    pub until_ms: i64,
}

/// The series that wait to be made ready. A series waits from each change on until it is settled; that is kept in the
/// index, so it outlives a restart.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// The series of a scope by UID, as they are now; none when nothing of the scope is known. An instance in the scope
    /// is not looked at.
    async fn versions(&self, permit: &Permit<View>, scope: &Scope) -> Result<Vec<SeriesVersion>, Error>;

    /// Series that wait and did not change after `until_ms` (milliseconds since 1970 UTC) at any site, those that wait
    /// longest first, at most `limit`.
    async fn quiet(
        &self,
        permit: &Permit<View>,
        until_ms: i64,
        limit: usize,
    ) -> Result<Vec<(StudyUid, SeriesUid)>, Error>;

    /// Ends the waiting of series that still are as they are said to be, and puts off others.
    async fn settle(
        &self,
        permit: &Permit<Store>,
        ready: Vec<SeriesVersion>,
        postponed: Vec<Postponed>,
    ) -> Result<(), Error>;
}
