//! How much room there is on the disk of a store.

use super::Disk;
use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{task::spawn_blocking, time::Instant};

/// How long what the disk said is taken for true. What others write meanwhile is what a reserve is for.
const HOLDS: Duration = Duration::from_millis(100);

/// What the disk last said, and what was written since.
#[derive(Default)]
pub(super) struct Room {
    seen: Mutex<Option<Seen>>,
    written: AtomicU64,
}

struct Seen {
    free: u64,
    at: Instant,
    /// What had been written when the disk was asked.
    written: u64,
}

impl Room {
    /// So many bytes are written into files of the store.
    pub(super) fn wrote(&self, bytes: u64) {
        self.written.fetch_add(bytes, Relaxed);
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent(&self) -> Option<u64> {
        let seen = self.seen();
        let seen = seen.as_ref().filter(|seen| seen.at.elapsed() < HOLDS)?;
        Some(seen.free.saturating_sub(self.written.load(Relaxed) - seen.written))
    }
}

impl Disk {
    /// Bytes free on its disk, and bytes there are; an error is the system's.
    pub async fn room(&self) -> io::Result<(u64, u64)> {
        let inner = Arc::clone(&self.inner);
        let look = spawn_blocking(move || {
            let (written, at) = (inner.room.written.load(Relaxed), Instant::now());
            let fs = rustix::fs::statvfs(&inner.dir)?;
            let free = fs.f_bavail * fs.f_frsize;
            *inner.room.seen() = Some(Seen { free, at, written });
            Ok::<_, io::Error>((free, fs.f_blocks * fs.f_frsize))
        });
        look.await.map_err(io::Error::other)?
    }

    /// Bytes free on its disk. As long as there is more than `enough` they are what the disk said a moment ago, less what was
    /// written since: so many arrivals a second need not each wait for the disk.
    ///
    /// # Errors
    /// The system's.
    pub(crate) async fn free(&self, enough: u64) -> io::Result<u64> {
        match self.inner.room.recent() {
            Some(free) if free > enough => Ok(free),
            _ => Ok(self.room().await?.0),
        }
    }
}
