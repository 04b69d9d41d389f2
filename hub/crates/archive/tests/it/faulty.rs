//! The real index and the real store, counted, held up, and made to fail.

use access_control::{Delete, Overview, Permit, Search, Store, View};
use async_trait::async_trait;
use blob_store::{Blob, BlobStore, Disk, Error as BlobError, Sealed, StagedBlob};
use catalog::{
    Answer, Arrival, Conflict, Deleted, Error as IndexError, InstanceCopies, Position, Scope, Sqlite, StudyIndex,
    Totals, Verdict,
};
use imaging_domain::{Digest, InstanceUid, Query, SeriesUid, SiteId, StudyUid};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};
use tokio::sync::watch;

/// A door that can be shut: whoever comes waits in front of it.
pub struct Gate {
    open: watch::Sender<bool>,
    come: watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { open: watch::Sender::new(true), come: watch::Sender::new(0) }
    }
}

impl Gate {
    pub fn shut(&self) {
        self.open.send_replace(false);
    }

    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// How many came so far.
    pub fn count(&self) -> usize {
        *self.come.borrow()
    }

    /// Waits until so many have come.
    pub async fn reached(&self, count: usize) {
        self.come.subscribe().wait_for(|come| *come >= count).await.unwrap();
    }

    pub async fn pass(&self) {
        self.come.send_modify(|come| *come += 1);
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
    }
}

/// The index; commits pass a gate and can fail.
pub struct Index {
    pub real: Sqlite,
    pub commits: Gate,
    pub fails: AtomicBool,
}

#[async_trait]
impl StudyIndex for Index {
    async fn commit(&self, permit: &Permit<Store>, arrivals: Vec<Arrival>) -> Result<Vec<Verdict>, IndexError> {
        self.commits.pass().await;
        if self.fails.load(SeqCst) {
            return Err(IndexError::Database { doing: "commit", source: "made to fail".into() });
        }
        self.real.commit(permit, arrivals).await
    }

    async fn delete_study(
        &self,
        permit: &Permit<Delete>,
        site: &SiteId,
        study: &StudyUid,
        now_ms: i64,
    ) -> Result<Deleted, IndexError> {
        self.real.delete_study(permit, site, study, now_ms).await
    }

    async fn search_on(
        &self,
        permit: &Permit<Search>,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), IndexError> {
        self.real.search_on(permit, query, from).await
    }

    async fn count(&self, permit: &Permit<Search>, query: &Query, at_most: u32) -> Result<u32, IndexError> {
        self.real.count(permit, query, at_most).await
    }

    async fn instances(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
        after: Option<&(SeriesUid, InstanceUid)>,
        limit: usize,
    ) -> Result<Vec<InstanceCopies>, IndexError> {
        self.real.instances(permit, scope, after, limit).await
    }

    async fn named_instances(
        &self,
        permit: &Permit<View>,
        series: (&StudyUid, &SeriesUid),
        named: &[InstanceUid],
    ) -> Result<Vec<InstanceCopies>, IndexError> {
        self.real.named_instances(permit, series, named).await
    }

    async fn order(
        &self,
        permit: &Permit<View>,
        series: (&StudyUid, &SeriesUid),
    ) -> Result<Vec<InstanceUid>, IndexError> {
        self.real.order(permit, series).await
    }

    async fn representative(&self, permit: &Permit<View>, scope: &Scope) -> Result<InstanceCopies, IndexError> {
        self.real.representative(permit, scope).await
    }

    async fn is_gone(&self, permit: &Permit<View>, scope: &Scope) -> Result<bool, IndexError> {
        self.real.is_gone(permit, scope).await
    }

    async fn conflicts(&self, permit: &Permit<Overview>, limit: usize) -> Result<Vec<Conflict>, IndexError> {
        self.real.conflicts(permit, limit).await
    }

    async fn totals(&self, permit: &Permit<Overview>) -> Result<Totals, IndexError> {
        self.real.totals(permit).await
    }
}

/// The store; who opened or published passes a gate, and staging and publishing can fail.
pub struct Blobs {
    pub real: Disk,
    pub opens: Gate,
    pub publishes: Gate,
    pub stage_fails: AtomicBool,
    pub publish_fails: AtomicBool,
}

fn broken() -> BlobError {
    BlobError::Io { doing: "write", source: io::Error::other("made to fail") }
}

#[async_trait]
impl BlobStore for Blobs {
    async fn stage(&self, permit: &Permit<Store>) -> Result<Box<dyn StagedBlob>, BlobError> {
        if self.stage_fails.load(SeqCst) {
            return Err(BlobError::Full);
        }
        self.real.stage(permit).await
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), BlobError> {
        if self.publish_fails.load(SeqCst) {
            return Err(broken());
        }
        self.real.publish(sealed).await?;
        self.publishes.pass().await;
        Ok(())
    }

    async fn open(&self, permit: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, BlobError> {
        let found = self.real.open(permit, digest).await;
        self.opens.pass().await;
        found
    }

    async fn has(&self, permit: &Permit<View>, digest: &Digest) -> bool {
        self.real.has(permit, digest).await
    }

    async fn remove(&self, permit: &Permit<Store>, digest: &Digest) -> Result<(), BlobError> {
        self.real.remove(permit, digest).await
    }

    async fn used_bytes(&self) -> Result<u64, BlobError> {
        self.real.used_bytes().await
    }
}
