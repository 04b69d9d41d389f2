//! Writing a blob into its file, on a blocking thread, and digesting it, short chunks before. What nobody reads in the file
//! meanwhile goes past the page cache.

use super::{
    Inner,
    direct::{Direct, WORTH},
};
use crate::{
    error::{Error, failed},
    fresh::Beginning,
    growing::Growing,
    port::Sealed,
};
use bytes::Bytes;
use imaging_domain::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The longest chunk that is digested where it comes, while the processor still has it at hand: a tenth of a millisecond.
/// Longer ones are digested on the blocking thread.
const DIGESTED_AT_ONCE: usize = 256 << 10;

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

/// All of a blob, in its file or still in memory.
pub(super) enum Complete {
    Written(StagedFile),
    Waiting(Box<Writer>, Vec<Bytes>),
}

impl Complete {
    /// Writes and syncs what is still in memory.
    pub(super) fn in_its_file(self) -> Result<StagedFile, Error> {
        match self {
            Self::Written(staged) => Ok(staged),
            Self::Waiting(writer, chunks) => writer.complete(&chunks),
        }
    }
}

/// What is known of a blob while it comes.
pub(super) struct Writer {
    store: Arc<Inner>,
    path: PathBuf,
    /// None before the first write.
    staged: Option<StagedFile>,
    /// The way past the page cache, while that is how it is written.
    direct: Option<Direct>,
    growing: Arc<Growing>,
    hasher: Sha256,
    /// How many of the chunks that wait are digested.
    digested: usize,
    written: u64,
    /// Whether a sealed file is on the disk.
    is_synced: bool,
}

impl Writer {
    pub(super) fn new(store: Arc<Inner>, path: PathBuf, growing: Arc<Growing>, is_synced: bool) -> Self {
        let (staged, direct, hasher) = (None, None, Sha256::new());
        Self { store, path, staged, direct, growing, hasher, digested: 0, written: 0, is_synced }
    }

    /// Digests the next chunk that waits, unless it is long or one before it was; so many are waiting already.
    pub(super) fn see(&mut self, chunk: &Bytes, waiting: usize) {
        if self.digested == waiting && chunk.len() <= DIGESTED_AT_ONCE {
            self.hasher.update(chunk);
            self.digested += 1;
        }
    }

    pub(super) fn write(&mut self, chunks: &[Bytes]) -> Result<Arc<File>, Error> {
        let bytes: usize = chunks.iter().map(Bytes::len).sum();
        let file = self.file(bytes)?;
        if self.growing.is_followed_in_its_file() {
            self.end_direct(&file)?;
        }
        self.digest(chunks);
        self.digested = 0;
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

    pub(super) fn in_the_file(&self) -> u64 {
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

    /// Digests what is not yet of the chunks that wait.
    fn digest(&mut self, chunks: &[Bytes]) {
        chunks[self.digested..].iter().for_each(|chunk| self.hasher.update(chunk));
        self.digested = chunks.len();
    }

    /// Whether the file may be made when it is published: nothing is in it yet, and nobody reads along.
    fn may_wait(&self) -> bool {
        self.is_synced && self.staged.is_none() && !self.growing.is_followed()
    }

    /// Writes the last chunks, and syncs it all.
    fn complete(mut self, chunks: &[Bytes]) -> Result<StagedFile, Error> {
        let file = self.write(chunks)?;
        self.end_direct(&file)?;
        if self.is_synced {
            file.sync_data().map_err(failed("sync a blob"))?;
        }
        let mut staged = self.staged.ok_or(Error::Abandoned)?;
        staged.in_memory = self.growing.in_memory();
        Ok(staged)
    }

    /// Whether [`seal`](Self::seal) with so many chunks has nothing to do that takes long.
    pub(super) fn is_sealed_at_once(&self, chunks: usize) -> bool {
        self.may_wait() && self.digested == chunks
    }

    pub(super) fn seal(mut self: Box<Self>, chunks: Vec<Bytes>) -> Result<Sealed, Error> {
        self.digest(&chunks);
        let digest = Digest(self.hasher.clone().finalize().into());
        let size_bytes = self.written + chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
        let complete =
            if self.may_wait() { Complete::Waiting(self, chunks) } else { Complete::Written(self.complete(&chunks)?) };
        Ok(Sealed { digest, size_bytes, staged: Box::new(complete) })
    }
}
