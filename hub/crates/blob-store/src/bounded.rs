//! A wrapper that stops taking bytes in before there is no room for them, and begins again by itself when there is.

use crate::{
    disk::Disk,
    error::Error,
    port::{Blob, BlobStore, Follower, Sealed, StagedBlob},
};
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::Digest;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// Bytes of one blob after which the disk is looked at again while it is written.
const LOOK_EVERY: u64 = 8 << 20;

/// Between which marks a store takes bytes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The most bytes of all blobs; `None` is as many as there is room for.
    pub quota_bytes: Option<u64>,
    /// Bytes that stay free on the disk. Half of them are for what is being written when they are reached.
    pub reserve_bytes: u64,
    /// Bytes of room that there must be before anything is taken in again, once it was full.
    pub resume_bytes: u64,
}

/// A store in a folder that keeps within its [`Marks`]. What is there is read and removed as ever.
#[derive(Clone)]
pub struct Bounded {
    inner: Disk,
    room: Arc<Room>,
}

struct Room {
    marks: Marks,
    is_full: AtomicBool,
    /// Bytes of blobs that are being written.
    coming: AtomicU64,
}

impl Bounded {
    /// Keeps a store within these.
    pub fn new(inner: Disk, marks: Marks) -> Self {
        let (is_full, coming) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { inner, room: Arc::new(Room { marks, is_full, coming }) }
    }

    /// Its marks.
    pub fn marks(&self) -> Marks {
        self.room.marks
    }

    /// Whether a blob that begins now would be taken in.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn is_accepting(&self) -> Result<bool, Error> {
        let is_full = self.room.is_full.load(Relaxed);
        Ok(self.left().await? >= if is_full { self.resume() } else { 1 })
    }

    /// Bytes of room that there must be once it was full.
    fn resume(&self) -> i64 {
        i64::try_from(self.room.marks.resume_bytes).unwrap_or(i64::MAX).max(1)
    }

    /// Bytes that may still come, without the reserve; negative when there are too many.
    async fn left(&self) -> Result<i64, Error> {
        let Marks { quota_bytes, reserve_bytes, .. } = self.room.marks;
        let difference = |of: u64, less: u64| i64::try_from(i128::from(of) - i128::from(less)).unwrap_or(i64::MAX);
        // a disk that does not say how full it is fails when it is written to
        let enough = reserve_bytes.saturating_add(self.resume().unsigned_abs());
        let free = self.inner.free(enough).await.map_or(i64::MAX, |free| difference(free, reserve_bytes));
        let Some(quota) = quota_bytes else { return Ok(free) };
        let held = self.inner.used_bytes().await? + self.room.coming.load(Relaxed);
        Ok(free.min(difference(quota, held)))
    }
}

#[async_trait]
impl BlobStore for Bounded {
    async fn stage(&self, permit: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error> {
        let left = self.left().await?;
        if self.room.is_full.load(Relaxed) {
            if left < self.resume() {
                return Err(Error::Full);
            }
            self.room.is_full.store(false, Relaxed);
            tracing::info!(left_bytes = left, "there is room for blobs again");
        } else if left <= 0 {
            self.room.is_full.store(true, Relaxed);
            tracing::warn!("there is no room for more blobs; nothing is taken in until there is");
            return Err(Error::Full);
        }
        let inner = self.inner.stage(permit).await?;
        let taken = Taken { room: Arc::clone(&self.room), bytes: 0 };
        Ok(Box::new(Coming { inner, store: self.clone(), taken }))
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), Error> {
        self.inner.publish(sealed).await
    }

    async fn open(&self, permit: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error> {
        self.inner.open(permit, digest).await
    }

    async fn has(&self, permit: &Permit<View>, digest: &Digest) -> bool {
        self.inner.has(permit, digest).await
    }

    async fn remove(&self, permit: &Permit<Store>, digest: &Digest) -> Result<(), Error> {
        self.inner.remove(permit, digest).await
    }

    async fn used_bytes(&self) -> Result<u64, Error> {
        self.inner.used_bytes().await
    }
}

/// A blob on its way.
struct Coming {
    inner: Box<dyn StagedBlob>,
    store: Bounded,
    taken: Taken,
}

/// What a blob has taken of the quota so far; given back when it is sealed or gone. Between that and its publishing nobody
/// counts it, so the quota may be exceeded by what is committed at that moment.
struct Taken {
    room: Arc<Room>,
    bytes: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.coming.fetch_sub(self.bytes, Relaxed);
    }
}

#[async_trait]
impl StagedBlob for Coming {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        let (before, more) = (self.taken.bytes, chunk.len() as u64);
        self.taken.bytes += more;
        self.taken.room.coming.fetch_add(more, Relaxed);
        let Marks { quota_bytes, reserve_bytes, .. } = self.taken.room.marks;
        if quota_bytes.is_some() || before / LOOK_EVERY != self.taken.bytes / LOOK_EVERY {
            let left = self.store.left().await?;
            // into the reserve, but not to its end
            let spare = if quota_bytes.is_some() { 0 } else { reserve_bytes / 2 };
            if left < 0 && left.unsigned_abs() > spare {
                // the next ones hear so before they are sent, unless this one alone was too large
                self.taken.room.is_full.store(true, Relaxed);
                return Err(Error::Full);
            }
        }
        self.inner.write(chunk).await
    }

    fn follow(&self) -> Follower {
        self.inner.follow()
    }

    async fn seal(self: Box<Self>) -> Result<Sealed, Error> {
        self.inner.seal().await
    }
}
