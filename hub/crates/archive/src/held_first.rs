//! Two stores as one: what the hub holds itself, and the cache of what it can fetch again.

use access_control::{Permit, Store, View};
use async_trait::async_trait;
use blob_store::{Blob, BlobStore, Error, Sealed, StagedBlob};
use imaging_domain::Digest;
use std::sync::Arc;

/// Reads from the first store that has a blob, and writes to and removes from the cache alone: nothing that is held can
/// be lost through it.
pub struct HeldFirst {
    held: Arc<dyn BlobStore>,
    cache: Arc<dyn BlobStore>,
}

impl HeldFirst {
    /// What is held goes before what is cached.
    pub fn new(held: Arc<dyn BlobStore>, cache: Arc<dyn BlobStore>) -> Self {
        Self { held, cache }
    }
}

#[async_trait]
impl BlobStore for HeldFirst {
    async fn stage(&self, permit: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error> {
        self.cache.stage(permit).await
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), Error> {
        self.cache.publish(sealed).await
    }

    async fn open(&self, permit: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error> {
        // a hub that holds nothing itself pays nothing for the look
        if self.held.used_bytes().await? == 0 {
            return self.cache.open(permit, digest).await;
        }
        match self.held.open(permit, digest).await {
            Err(Error::NotFound) => self.cache.open(permit, digest).await,
            // spoilt here: perhaps another site has the same bytes and they were fetched
            Err(Error::Corrupt) => self.cache.open(permit, digest).await.map_err(|_| Error::Corrupt),
            found => found,
        }
    }

    async fn has(&self, permit: &Permit<View>, digest: &Digest) -> bool {
        self.held.has(permit, digest).await || self.cache.has(permit, digest).await
    }

    async fn remove(&self, permit: &Permit<Store>, digest: &Digest) -> Result<(), Error> {
        self.cache.remove(permit, digest).await
    }

    async fn used_bytes(&self) -> Result<u64, Error> {
        Ok(self.held.used_bytes().await? + self.cache.used_bytes().await?)
    }
}
