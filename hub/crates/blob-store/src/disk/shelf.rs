//! Which blobs are there: put in their places, counted, and taken out again.

use super::{
    Inner,
    folders::sync,
    syncing::{Syncing, Unsynced},
    writing::Complete,
};
use crate::{
    error::{Error, failed},
    port::Sealed,
};
use imaging_domain::Digest;
use lru::LruCache;
use std::{
    fs,
    io::ErrorKind,
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering},
};

impl Inner {
    pub(super) fn recent(&self) -> MutexGuard<'_, LruCache<Digest, u64>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A blob is counted before its file is there and until it is gone, so that when one is put in its place while the same is
    /// removed, what is counted afterwards is there.
    pub(super) fn publish(&self, Sealed { digest, size_bytes, staged }: Sealed) -> Result<(), Error> {
        let mut staged = staged.downcast::<Complete>().map_err(|_| Error::Abandoned)?.in_its_file()?;
        let path = self.path(&digest);
        self.count(digest, size_bytes);
        let is_there = path.exists();
        // what is there has the same digest, or has been spoilt since: then whoever brings it again repairs it
        if !is_there || matches!(self.syncing, Syncing::First) {
            let in_memory = staged.in_memory.take();
            let file = staged.rename(&path).inspect_err(|_| {
                if !is_there {
                    self.forget(&digest);
                }
            })?;
            in_memory.into_iter().for_each(|blob| self.fresh.put(digest, Arc::new(blob), size_bytes));
            self.syncing.published(Unsynced { digest, file }, self);
        }
        match self.syncing {
            // also for who came first with these bytes and has not done it yet
            Syncing::First => path.parent().map_or(Ok(()), sync).map_err(failed("sync a folder")),
            Syncing::Later(_) => Ok(()),
        }
    }

    pub(super) fn remove(&self, digest: &Digest) -> Result<(), Error> {
        self.fresh.remove(digest);
        match fs::remove_file(self.path(digest)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed("remove a blob")(error)),
            _ => self.forget(digest),
        }
        Ok(())
    }

    fn count(&self, digest: Digest, size_bytes: u64) {
        let mut recent = self.recent();
        if recent.put(digest, size_bytes).is_none() {
            self.used_bytes.fetch_add(size_bytes, Ordering::Relaxed);
        }
    }

    fn forget(&self, digest: &Digest) {
        let mut recent = self.recent();
        if let Some(size_bytes) = recent.pop(digest) {
            self.used_bytes.fetch_sub(size_bytes, Ordering::Relaxed);
        }
    }
}
