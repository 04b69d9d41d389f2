//! When bytes reach the disk: before they are visible, or, in a cache, some time after.

use super::Inner;
use imaging_domain::Digest;
use std::{
    fs::File,
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};
use tracing::warn;

/// Published files that may wait to be synced; each is open.
const WAITING: usize = 64;

/// When bytes are synced.
pub(super) enum Syncing {
    /// Before they are published, with the folders they are in.
    First,
    /// Afterwards, one file after the other. A file that the disk does not take is removed.
    Later(SyncSender<Unsynced>),
}

/// A published file of a cache.
pub(super) struct Unsynced {
    pub(super) digest: Digest,
    pub(super) file: Arc<File>,
}

impl Syncing {
    /// Afterwards; `store` is where a file that cannot be synced is taken out of.
    pub(super) fn later(store: &Weak<Inner>) -> Self {
        let (sender, queue) = sync_channel(WAITING);
        let store = Weak::clone(store);
        // owned by its queue: it ends when the store is dropped
        let _ = thread::Builder::new().name("cache-sync".into()).spawn(move || sync_each(&queue, &store));
        Self::Later(sender)
    }

    /// Has a published file synced. When too many wait, whoever published it does it.
    pub(super) fn published(&self, unsynced: Unsynced, store: &Inner) {
        let Self::Later(queue) = self else { return };
        if let Err(TrySendError::Full(unsynced) | TrySendError::Disconnected(unsynced)) = queue.try_send(unsynced) {
            sync(&unsynced, store);
        }
    }
}

fn sync_each(queue: &Receiver<Unsynced>, store: &Weak<Inner>) {
    while let Ok(unsynced) = queue.recv() {
        let Some(store) = store.upgrade() else { return };
        sync(&unsynced, &store);
    }
}

/// What the disk did not take may read as other bytes any time, so it is not kept: it is fetched again.
fn sync(Unsynced { digest, file }: &Unsynced, store: &Inner) {
    let Err(error) = file.sync_data() else { return };
    warn!(%digest, %error, "the disk did not take a cached file; it is removed");
    if let Err(error) = store.remove(digest) {
        warn!(%digest, %error, "blob could not be removed");
    }
}
