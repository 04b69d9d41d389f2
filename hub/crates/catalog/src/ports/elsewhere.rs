//! Instances that the hospital's PACS keeps and the site does not: told of before anybody has seen their bytes, cached, and gone
//! from the cache again.

use super::Deleted;
use crate::error::Error;
use access_control::{Permit, Store};
use async_trait::async_trait;
use imaging_domain::{Digest, InstanceUid, SiteId, StudyUid};
use sha2::{Digest as _, Sha256};

/// What stands for the digest of an instance that nobody has seen ([`Keeping::Promised`](imaging_domain::Keeping::Promised)): it
/// names the instance, and no bytes.
pub fn promised_digest(uid: &InstanceUid) -> Digest {
    let mut hasher = Sha256::new_with_prefix(b"promised ");
    hasher.update(uid.as_str());
    Digest(hasher.finalize().into())
}

/// What became of bytes of which the PACS keeps the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheChange {
    /// They are in the cache now.
    Came,
    /// They left it.
    Left,
}

/// Instances that the PACS keeps. Every change is a line of the site's feed, and durable when the call returns.
#[async_trait]
pub trait Elsewhere: Send + Sync {
    /// Notes what became of bytes; of those that the site keeps nothing is noted. Says how many instances it was about.
    async fn cache_changed(
        &self,
        permit: &Permit<Store>,
        site: &SiteId,
        digests: Vec<Digest>,
        change: CacheChange,
    ) -> Result<usize, Error>;

    /// Takes out of a study what the PACS keeps, but for those it still has. What the site keeps itself stays.
    async fn gone_from_pacs(
        &self,
        permit: &Permit<Store>,
        site: &SiteId,
        study: &StudyUid,
        still: Vec<InstanceUid>,
        now_ms: i64,
    ) -> Result<Deleted, Error>;
}
