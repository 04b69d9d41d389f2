//! Small finished things by name: thumbnails. A cache: whatever is lost is made again. What was put or read a moment ago may
//! stay in memory.

use crate::{
    error::{Error, failed},
    port::DerivedStore,
    recent::Recent,
};
use access_control::{Permit, View};
use async_trait::async_trait;
use bytes::Bytes;
use lru::LruCache;
use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::task::spawn_blocking;
use tracing::warn;

/// The most bytes of one thing.
const MAX_BYTES: u64 = 16 << 20;
/// The most bytes of one that stays in memory for a while.
const MAX_IN_MEMORY: usize = 64 << 10;
/// The most characters of a name.
const MAX_NAME: usize = 200;

/// Things in memory, for tests.
#[derive(Default)]
pub struct MemoryDerived {
    things: Mutex<HashMap<String, Bytes>>,
}

#[async_trait]
impl DerivedStore for MemoryDerived {
    async fn get(&self, _: &Permit<View>, name: &str) -> Option<Bytes> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    async fn put(&self, name: &str, bytes: Bytes) {
        self.things.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes);
    }
}

/// Things in a folder, the longest unread going when there are too many bytes.
pub struct DiskDerived {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    max_bytes: u64,
    held: Mutex<Held>,
    /// What was put or read a moment ago, where that is wanted.
    in_memory: Option<Recent<String, Bytes>>,
}

struct Held {
    recent: LruCache<String, u64>,
    bytes: u64,
}

impl DiskDerived {
    /// Opens a folder; made when it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be made or read.
    pub fn open(dir: &Path, max_bytes: u64) -> Result<Self, Error> {
        Self::open_by(dir, max_bytes, None)
    }

    /// The same for things that are asked for again and again: what was put or read a moment ago stays in memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_remembering(dir: &Path, max_bytes: u64) -> Result<Self, Error> {
        Self::open_by(dir, max_bytes, Some(Recent::default()))
    }

    fn open_by(dir: &Path, max_bytes: u64, in_memory: Option<Recent<String, Bytes>>) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(failed("make the folder of derived things"))?;
        let mut held = Held { recent: LruCache::unbounded(), bytes: 0 };
        for shard in fs::read_dir(dir).map_err(failed("list derived things"))?.flatten() {
            for entry in fs::read_dir(shard.path()).into_iter().flatten().flatten() {
                let (name, size) =
                    (entry.file_name().to_string_lossy().into_owned(), entry.metadata().map_or(0, |m| m.len()));
                if name.ends_with(".new") {
                    let _ = fs::remove_file(entry.path());
                } else {
                    held.bytes += size;
                    held.recent.put(name, size);
                }
            }
        }
        Ok(Self { inner: Arc::new(Inner { dir: dir.to_owned(), max_bytes, held: Mutex::new(held), in_memory }) })
    }
}

#[async_trait]
impl DerivedStore for DiskDerived {
    async fn get(&self, _: &Permit<View>, name: &str) -> Option<Bytes> {
        let (inner, name) = (Arc::clone(&self.inner), checked(name)?.to_owned());
        inner.held().recent.get(&name)?;
        if let Some(bytes) = inner.in_memory.as_ref().and_then(|recent| recent.get(&name)) {
            return Some(bytes);
        }
        spawn_blocking(move || inner.read(&name)).await.ok().flatten()
    }

    async fn put(&self, name: &str, bytes: Bytes) {
        let (inner, Some(name)) = (Arc::clone(&self.inner), checked(name).map(str::to_owned)) else { return };
        match spawn_blocking(move || inner.write(name, &bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(%error, "derived thing could not be kept"),
            Err(_) => warn!("keeping a derived thing stopped"),
        }
    }
}

impl Inner {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name.get(..2).unwrap_or("00")).join(name)
    }

    fn read(&self, name: &str) -> Option<Bytes> {
        let mut bytes = Vec::new();
        let file = File::open(self.path(name)).ok()?;
        #[expect(clippy::disallowed_methods, reason = "taken to a limit")]
        file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        let bytes = Bytes::from(bytes);
        self.remember(name, &bytes);
        Some(bytes)
    }

    fn remember(&self, name: &str, bytes: &Bytes) {
        if let Some(in_memory) = &self.in_memory
            && bytes.len() <= MAX_IN_MEMORY
        {
            in_memory.put(name.to_owned(), bytes.clone(), bytes.len() as u64);
        }
    }

    fn write(&self, name: String, bytes: &Bytes) -> std::io::Result<()> {
        let path = self.path(&name);
        let new = path.with_added_extension("new");
        fs::create_dir_all(path.parent().unwrap_or(&self.dir))?;
        fs::write(&new, bytes)?;
        fs::rename(&new, &path)?;
        self.remember(&name, bytes);
        let mut held = self.held();
        let size = bytes.len() as u64;
        let before = held.recent.put(name, size).unwrap_or(0);
        held.bytes = held.bytes + size - before;
        while held.bytes > self.max_bytes {
            let Some((name, size)) = held.recent.pop_lru() else { break };
            held.bytes -= size;
            self.in_memory.iter().for_each(|recent| recent.remove(&name));
            fs::remove_file(self.path(&name))?;
        }
        Ok(())
    }
}

/// A name that is a plain file name.
fn checked(name: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let fits = (3..=MAX_NAME).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain);
    fits.then_some(name)
}
