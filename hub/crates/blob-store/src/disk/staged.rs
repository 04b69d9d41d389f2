//! A file being written. Bytes wait in memory until there are enough, so that a small image costs one visit to a blocking
//! thread for making the file, write, digest and sync together; once somebody reads along in the file, each goes there at once.
//! What nobody reads there meanwhile goes past the page cache.

use super::{
    Inner,
    direct::{Direct, WORTH},
};
use crate::{
    error::{Error, failed},
    fresh::Beginning,
    growing::Growing,
    port::{Follower, Sealed, StagedBlob},
};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::task::spawn_blocking;

/// Bytes that may wait in memory.
const WAITING: usize = 1 << 20;

/// The file itself, removed when dropped before it was renamed.
pub(super) struct StagedFile {
    path: PathBuf,
    file: Arc<File>,
    renamed: bool,
    /// The same in memory, to be read at once.
    pub(super) in_memory: Option<Beginning>,
}

impl StagedFile {
    fn create(path: PathBuf) -> Result<Self, Error> {
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        let file = Arc::new(file.map_err(failed("begin a blob"))?);
        Ok(Self { path, file, renamed: false, in_memory: None })
    }

    /// Gives the file as it is open.
    pub(super) fn rename(mut self, to: &Path) -> Result<Arc<File>, Error> {
        fs::rename(&self.path, to).map_err(failed("publish a blob"))?;
        self.renamed = true;
        Ok(Arc::clone(&self.file))
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.renamed {
            // nothing to do about a failure here: the next start removes what is left
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) struct Staged {
    writer: Option<Writer>,
    waiting: Vec<Bytes>,
    waiting_bytes: usize,
    growing: Arc<Growing>,
}

struct Writer {
    store: Arc<Inner>,
    path: PathBuf,
    /// None before the first write.
    staged: Option<StagedFile>,
    /// The way past the page cache, while that is how it is written.
    direct: Option<Direct>,
    growing: Arc<Growing>,
    hasher: Sha256,
    written: u64,
    /// Whether a sealed file is on the disk.
    is_synced: bool,
}

impl Staged {
    /// Makes the file when there is something to write.
    pub(super) fn new(store: Arc<Inner>, path: PathBuf, is_synced: bool) -> Self {
        let growing = Arc::new(Growing::new(!is_synced));
        let (staged, hasher) = (None, Sha256::new());
        let growing_too = Arc::clone(&growing);
        let writer = Writer { store, path, staged, direct: None, growing: growing_too, hasher, written: 0, is_synced };
        Self { writer: Some(writer), waiting: vec![], waiting_bytes: 0, growing }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let (chunks, mut writer) = (std::mem::take(&mut self.waiting), self.writer.take().ok_or(Error::Abandoned)?);
        self.waiting_bytes = 0;
        let work = move || writer.write(&chunks).map(|_| writer);
        let writer = spawn_blocking(work).await.map_err(super::stopped)??;
        self.growing.grown(writer.in_the_file());
        self.writer = Some(writer);
        Ok(())
    }
}

impl Writer {
    fn write(&mut self, chunks: &[Bytes]) -> Result<Arc<File>, Error> {
        let bytes: usize = chunks.iter().map(Bytes::len).sum();
        let file = self.file(bytes)?;
        if self.growing.is_followed_in_its_file() {
            self.end_direct(&file)?;
        }
        chunks.iter().for_each(|chunk| self.hasher.update(chunk));
        let written = match &mut self.direct {
            Some(direct) => direct.write(&file, chunks, &self.store.buffers),
            None => chunks.iter().try_for_each(|chunk| (&*file).write_all(chunk)),
        };
        written.map_err(failed("write a blob"))?;
        self.written += bytes as u64;
        self.store.room.wrote(bytes as u64);
        Ok(file)
    }

    fn end_direct(&mut self, file: &File) -> Result<(), Error> {
        self.direct.take().map_or(Ok(()), |direct| direct.end(file)).map_err(failed("write a blob"))
    }

    fn in_the_file(&self) -> u64 {
        self.written - self.direct.as_ref().map_or(0, Direct::rest)
    }

    /// The file, made when so many bytes are the first.
    fn file(&mut self, bytes: usize) -> Result<Arc<File>, Error> {
        if let Some(staged) = &self.staged {
            return Ok(Arc::clone(&staged.file));
        }
        let staged = StagedFile::create(self.path.clone())?;
        self.growing.begun(&staged.file);
        if bytes >= WORTH {
            self.direct = Direct::begin(&self.path);
        }
        Ok(Arc::clone(&self.staged.insert(staged).file))
    }

    fn seal(mut self, chunks: &[Bytes]) -> Result<Sealed, Error> {
        let file = self.write(chunks)?;
        self.end_direct(&file)?;
        if self.is_synced {
            file.sync_data().map_err(failed("sync a blob"))?;
        }
        let digest = Digest(self.hasher.finalize().into());
        let mut staged = self.staged.ok_or(Error::Abandoned)?;
        staged.in_memory = self.growing.in_memory();
        Ok(Sealed { digest, size_bytes: self.written, staged: Box::new(staged) })
    }
}

#[async_trait]
impl StagedBlob for Staged {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.waiting_bytes += chunk.len();
        let is_in_memory = self.growing.keep(&chunk);
        self.waiting.push(chunk);
        let is_wanted = self.growing.is_followed() && !is_in_memory;
        if self.waiting_bytes >= WAITING || is_wanted { self.flush().await } else { Ok(()) }
    }

    fn follow(&self) -> Follower {
        Growing::follower(&self.growing)
    }

    async fn seal(mut self: Box<Self>) -> Result<Sealed, Error> {
        let (chunks, writer) = (std::mem::take(&mut self.waiting), self.writer.take().ok_or(Error::Abandoned)?);
        let sealed = spawn_blocking(move || writer.seal(&chunks)).await.map_err(super::stopped)??;
        self.growing.complete(sealed.size_bytes);
        Ok(sealed)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.growing.abandon();
    }
}
