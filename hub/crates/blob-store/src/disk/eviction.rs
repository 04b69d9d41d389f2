//! Making room in a store whose blobs are elsewhere too.

use super::Disk;
use imaging_domain::Digest;
use std::sync::{Arc, atomic::Ordering};
use tokio::task::spawn_blocking;

impl Disk {
    /// Removes blobs, the longest unopened first, until at most `max_bytes` are left and the disk has `free_bytes` free, as far as
    /// that is to be had here; says which. They must be elsewhere too.
    pub async fn evict_to(&self, max_bytes: u64, free_bytes: u64) -> Vec<Digest> {
        let inner = Arc::clone(&self.inner);
        // a disk that does not say how full it is fails when it is written to
        let free = self.room().await.map_or(u64::MAX, |(free, _)| free);
        let lacking = free_bytes.saturating_sub(free);
        let max_bytes = max_bytes.min(inner.used_bytes.load(Ordering::Relaxed).saturating_sub(lacking));
        let work = move || {
            let (mut evicted, mut failed) = (vec![], None);
            // each is tried once; bound here, for a lock in the head of a loop is held to its end
            let tries = inner.recent().len();
            for _ in 0..tries {
                if inner.used_bytes.load(Ordering::Relaxed) <= max_bytes {
                    break;
                }
                let Some(digest) = inner.recent().peek_lru().map(|(digest, _)| *digest) else { break };
                match inner.remove(&digest) {
                    Ok(()) => evicted.push(digest),
                    Err(error) => {
                        inner.recent().promote(&digest);
                        failed.get_or_insert(error);
                    }
                }
            }
            if let Some(error) = failed {
                tracing::warn!(%error, "a blob or more could not be evicted");
            }
            evicted
        };
        spawn_blocking(work).await.inspect_err(|_| tracing::warn!("eviction stopped")).unwrap_or_default()
    }
}
