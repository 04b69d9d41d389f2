//! How much room there is on the disk of a store.

use super::Disk;
use std::sync::Arc;
use tokio::task::spawn_blocking;

impl Disk {
    /// Bytes free on its disk, and bytes there are; an error is the system's.
    pub async fn room(&self) -> std::io::Result<(u64, u64)> {
        let inner = Arc::clone(&self.inner);
        let look = spawn_blocking(move || rustix::fs::statvfs(&inner.dir));
        let fs = look.await.map_err(std::io::Error::other)??;
        Ok((fs.f_bavail * fs.f_frsize, fs.f_blocks * fs.f_frsize))
    }
}
