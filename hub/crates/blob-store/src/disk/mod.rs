//! A store in a folder: `staging/` for what is being written, `blobs/ab/<64 digits>` for what is published.
//!
//! The 256 shard folders are made and synced once, at the start, so that publishing changes one folder per blob and never
//! the folder above it. A cache is synced behind its answers (`syncing.rs`): after a power loss a file of it may be torn, so
//! it is read through [`Checked`](crate::Checked), which looks at every file again after a restart.

mod direct;
mod eviction;
mod folders;
mod listing;
mod published;
mod room;
mod shelf;
mod staged;
mod syncing;
mod writing;

use crate::{
    config::Config,
    error::{Error, failed},
    fresh::Beginning,
    port::{Blob, BlobStore, Sealed, StagedBlob},
    recent::Recent,
};
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use direct::Buffers;
use folders::make_folders;
use imaging_domain::Digest;
use listing::published_blobs;
use lru::LruCache;
use published::OpenBlob;
pub(crate) use published::read;
use room::Room;
use staged::Staged;
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU64, Ordering},
    },
};
use syncing::Syncing;
use tokio::task::spawn_blocking;

/// A store in a folder. Cheap to clone.
#[derive(Clone)]
pub struct Disk {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    reserve_bytes: u64,
    used_bytes: AtomicU64,
    staged: AtomicU64,
    /// Published blobs by how long ago they were opened, with their sizes.
    recent: Mutex<LruCache<Digest, u64>>,
    syncing: Syncing,
    room: Room,
    buffers: Buffers,
    /// What has just come into a cache.
    fresh: Recent<Digest, Arc<Beginning>>,
}

impl Disk {
    /// Opens the folder; removes what a crash left half written.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made or read.
    pub fn open(config: &Config) -> Result<Self, Error> {
        Self::open_synced(config, |_| Syncing::First)
    }

    /// Opens a folder of what can be had again. What is published there is visible before it is on the disk: a power loss may
    /// take it, or leave other bytes, which [`Checked`](crate::Checked) finds when it is read after the restart.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_cache(config: &Config) -> Result<Self, Error> {
        Self::open_synced(config, Syncing::later)
    }

    fn open_synced(config: &Config, syncing: fn(&Weak<Inner>) -> Syncing) -> Result<Self, Error> {
        let dir = config.dir.clone();
        make_folders(&dir).map_err(failed("make its folders"))?;
        for left in fs::read_dir(dir.join("staging")).map_err(failed("look for leftovers"))? {
            let path = left.map_err(failed("look for leftovers"))?.path();
            fs::remove_file(path).map_err(failed("remove a leftover"))?;
        }
        let recent = published_blobs(&dir).map_err(failed("list its blobs"))?;
        let used_bytes = AtomicU64::new(recent.iter().map(|(_, size)| size).sum());
        let (reserve_bytes, staged, recent) = (config.reserve_bytes, AtomicU64::new(0), Mutex::new(recent));
        let inner = |this: &Weak<Inner>| {
            let (syncing, room, buffers) = (syncing(this), Room::default(), Buffers::default());
            Inner { dir, reserve_bytes, used_bytes, staged, recent, syncing, room, buffers, fresh: Recent::default() }
        };
        Ok(Self { inner: Arc::new_cyclic(inner) })
    }
}

#[async_trait]
impl BlobStore for Disk {
    async fn stage(&self, _: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error> {
        let inner = Arc::clone(&self.inner);
        let number = inner.staged.fetch_add(1, Ordering::Relaxed);
        let path = inner.dir.join("staging").join(number.to_string());
        let is_synced = matches!(inner.syncing, Syncing::First);
        // a disk that does not say how full it is fails when it is written to
        if self.free(inner.reserve_bytes).await.is_ok_and(|free| free < inner.reserve_bytes) {
            return Err(Error::Full);
        }
        Ok(Box::new(Staged::new(inner, path, is_synced)))
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), Error> {
        let inner = Arc::clone(&self.inner);
        spawn_blocking(move || inner.publish(sealed)).await.map_err(stopped)?
    }

    async fn open(&self, _: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error> {
        let (inner, digest) = (Arc::clone(&self.inner), *digest);
        inner.recent().promote(&digest);
        if let Some(blob) = inner.fresh.get(&digest) {
            return Ok(blob);
        }
        let blob = spawn_blocking(move || OpenBlob::open(&inner.path(&digest)));
        Ok(Arc::new(blob.await.map_err(stopped)??))
    }

    async fn has(&self, _: &Permit<View>, digest: &Digest) -> bool {
        self.inner.recent().contains(digest)
    }

    async fn remove(&self, _: &Permit<Store>, digest: &Digest) -> Result<(), Error> {
        let (inner, digest) = (Arc::clone(&self.inner), *digest);
        spawn_blocking(move || inner.remove(&digest)).await.map_err(stopped)?
    }

    async fn used_bytes(&self) -> Result<u64, Error> {
        Ok(self.inner.used_bytes.load(Ordering::Relaxed))
    }
}

impl Inner {
    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.dir.join("blobs").join(&name[..2]).join(&name)
    }
}

fn stopped(_: tokio::task::JoinError) -> Error {
    Error::Abandoned
}
