//! A wrapper that never gives bytes other than those that were stored: the first time a blob is opened its digest is
//! computed and compared. What is remembered as right is forgotten at a restart.

use crate::{
    error::Error,
    port::{Blob, BlobStore, Sealed, StagedBlob},
};
use access_control::{Object, Permit, Store, View, decide};
use async_trait::async_trait;
use imaging_domain::{Digest, Principal};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::spawn_blocking;
use tracing::error;

/// How many digests are remembered as right.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 18).expect("not zero");
/// Bytes read at once.
const PIECE: u64 = 1 << 20;

/// A store whose blobs are checked when they are first opened.
pub struct Checked {
    inner: Arc<dyn BlobStore>,
    right: Mutex<LruCache<Digest, ()>>,
    published: Published,
}

/// What is thought of a blob that was written a moment ago.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Published {
    /// It may lie for years before somebody opens it.
    Unknown,
    /// Its digest was computed as it was written, and it is opened at once.
    Right,
}

impl Checked {
    /// Wraps a store.
    pub fn new(inner: Arc<dyn BlobStore>) -> Self {
        Self { inner, right: Mutex::new(LruCache::new(REMEMBERED)), published: Published::Unknown }
    }

    /// Wraps a cache, which is filled for whoever reads at that moment: what is published through this wrapper is checked
    /// by its writing, and by opening only after a restart.
    pub fn cache(inner: Arc<dyn BlobStore>) -> Self {
        Self { published: Published::Right, ..Self::new(inner) }
    }

    fn is_known(&self, digest: &Digest) -> bool {
        self.right.lock().unwrap_or_else(PoisonError::into_inner).get(digest).is_some()
    }

    fn remember(&self, digest: Digest) {
        self.right.lock().unwrap_or_else(PoisonError::into_inner).put(digest, ());
    }
}

#[async_trait]
impl BlobStore for Checked {
    async fn stage(&self, permit: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error> {
        self.inner.stage(permit).await
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), Error> {
        let digest = sealed.digest;
        let is_right = self.published == Published::Right && {
            let permit = decide::<View>(&Principal::Service("check"), Object::Region).map_err(|_| Error::Abandoned)?;
            // of what is there already the first bytes stay, and nobody looked at those
            !self.inner.has(&permit, &digest).await
        };
        self.inner.publish(sealed).await?;
        if is_right {
            self.remember(digest);
        }
        Ok(())
    }

    async fn open(&self, permit: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error> {
        let blob = self.inner.open(permit, digest).await?;
        if !self.is_known(digest) {
            if digest_of(blob.as_ref()).await? != *digest {
                error!(%digest, "stored bytes are not what they were");
                return Err(Error::Corrupt);
            }
            self.remember(*digest);
        }
        Ok(blob)
    }

    async fn has(&self, permit: &Permit<View>, digest: &Digest) -> bool {
        self.inner.has(permit, digest).await
    }

    async fn remove(&self, permit: &Permit<Store>, digest: &Digest) -> Result<(), Error> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner).pop(digest);
        self.inner.remove(permit, digest).await
    }

    async fn used_bytes(&self) -> Result<u64, Error> {
        self.inner.used_bytes().await
    }
}

/// What a blob is, of its bytes alone, read whole a piece at a time.
///
/// # Errors
/// When a piece cannot be read.
pub async fn digest_of(blob: &dyn Blob) -> Result<Digest, Error> {
    let (mut hasher, mut at) = (Sha256::new(), 0);
    while at < blob.size_bytes() {
        let length = PIECE.min(blob.size_bytes() - at);
        let piece = blob.read_at(at, length as usize).await?;
        at += length;
        let hashing = spawn_blocking(move || {
            hasher.update(&piece);
            hasher
        });
        hasher = hashing.await.map_err(|_| Error::Abandoned)?;
    }
    Ok(Digest(hasher.finalize().into()))
}
