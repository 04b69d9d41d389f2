//! What is likely to be asked for next: whoever shows a series asks for its instances one after the other, and each would
//! wait for the hospital.

use crate::{archive::Archive, error::Error, retrieve::first, sequences::Missed};
use access_control::{Permit, View};
use catalog::{InstanceCopies, Scope};
use imaging_domain::{Instance, InstanceUid};
use moka::future::Cache;
use tracing::warn;

/// How many instances are fetched ahead of the one that is asked for.
const AHEAD: usize = 8;
/// The most bytes of them together.
const MAX_BYTES: u64 = 32 << 20;
/// How many instances that nobody asked for yet are remembered.
const REMEMBERED_INSTANCES: u64 = 8192;

/// What was asked for and what was fetched ahead. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ReadAhead {
    missed: Missed,
    /// Fetched, or on the way, and not asked for yet.
    unasked: Cache<InstanceUid, ()>,
}

impl ReadAhead {
    pub(crate) fn new() -> Self {
        Self { missed: Missed::new(), unasked: Cache::new(REMEMBERED_INSTANCES) }
    }
}

impl Archive {
    /// Told of an instance that is asked for by itself. From the second of a series on that is not here, the next ones are
    /// fetched, as long as there is room beside the fetches that somebody waits for.
    pub(crate) async fn read_ahead(&self, permit: &Permit<View>, scope: &Scope, copies: &InstanceCopies) {
        if self.parts.remote.is_none() || scope.instance.is_none() {
            return;
        }
        let instance = first(copies);
        let was_ahead = self.read_ahead.unasked.remove(&instance.uid).await.is_some();
        if !was_ahead {
            let is_here = self.parts.blobs.has(permit, &instance.digest).await;
            if is_here || !self.read_ahead.missed.goes_on(instance).await {
                return;
            }
        }
        match self.next_instances(permit, instance).await {
            Ok(next) => self.begin(permit, next).await,
            Err(error) => warn!(%error, "instances to be fetched ahead cannot be found"),
        }
    }

    /// Those that follow, but for what was fetched ahead before.
    async fn next_instances(&self, permit: &Permit<View>, instance: &Instance) -> Result<Vec<InstanceCopies>, Error> {
        let mut next = self.following(permit, instance, &instance.uid, AHEAD).await?;
        next.retain(|uid| !self.read_ahead.unasked.contains_key(uid));
        if next.is_empty() {
            return Ok(vec![]);
        }
        Ok(self.parts.index.named_instances(permit, (&instance.study, &instance.series), &next).await?)
    }

    async fn begin(&self, permit: &Permit<View>, next: Vec<InstanceCopies>) {
        let mut bytes = 0;
        for copies in next {
            let Instance { uid, digest, size_bytes, .. } = first(&copies);
            bytes += size_bytes;
            if bytes > MAX_BYTES {
                return;
            }
            if !self.parts.blobs.has(permit, digest).await && self.fetches.begin(&copies) {
                self.read_ahead.unasked.insert(uid.clone(), ()).await;
            }
        }
    }
}
