//! Taking in a folder: a first filling, a disk or a zip file somebody brought.

mod entries;
pub(crate) mod watch;
mod zip;

use crate::sink::{StoreIncoming, StoreSink};
use archive::{Framing, Outcome};
use bytes::BytesMut;
use imaging_domain::{ErrorKind, Principal};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};
use tokio::{fs::File, io::AsyncReadExt, sync::mpsc, task::JoinSet};
use walkdir::{DirEntry, WalkDir};
use zip::Zip;

/// Refused files that are listed; further ones are only counted.
pub const MAX_LISTED: usize = 10_000;
/// Bytes read at a time.
const READ_SIZE: usize = 1024 * 1024;
/// Folders inside of folders that are entered.
const MAX_DEPTH: usize = 64;
/// Why a DICOMDIR is left out: what it lists lies beside it.
const IS_DIRECTORY: &str = "DICOMDIR: a table of contents, no instance";
/// Paths found ahead of those being read.
const FOUND_AHEAD: usize = 256;

/// What has been taken in so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// New instances.
    pub stored: u64,
    /// Instances whose same bytes were there.
    pub duplicates: u64,
    /// Instances of which other bytes were there; these are kept aside.
    pub conflicts: u64,
    /// Files that are no instance, and files left out.
    pub refused: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What became of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The final numbers.
    pub total: Progress,
    /// The first [`MAX_LISTED`] files that were not taken in, with the reason in words.
    pub refused: Vec<(PathBuf, String)>,
    /// How many of the refused failed for a reason that is not theirs: a full disk, a file that may not be read.
    #[serde(default)]
    pub failed_here: u64,
}

enum Found {
    File(PathBuf),
    LeftOut(PathBuf, Refusal),
}

struct Done {
    path: PathBuf,
    bytes: u64,
    result: Result<Outcome, Refusal>,
}

/// Why a file was not taken in.
struct Refusal {
    why: String,
    /// Whether it may be taken in another time, because the failure is not the file's.
    is_ours: bool,
}

/// Takes in every file below `path` (or `path` itself) for `who`, `concurrency` of them at once, and tells `progress`
/// after each. Of a zip file every entry is taken in. Symbolic links are not followed and a DICOMDIR is no instance; both are
/// in the summary. Nothing stops it but dropping the future: what was taken in until then stays, and a second run finds it
/// as duplicates.
pub async fn import<S: StoreSink>(
    path: &Path,
    sink: S,
    who: &Principal,
    concurrency: usize,
    mut progress: impl FnMut(Progress),
) -> Summary {
    let (sender, mut found) = mpsc::channel(FOUND_AHEAD);
    let root = path.to_owned();
    let walk = tokio::task::spawn_blocking(move || walk(&root, &sender));
    let mut summary = Summary::default();
    let (tell, mut told) = mpsc::channel(FOUND_AHEAD);
    let mut reading = JoinSet::new();
    let mut walking = true;
    while walking || !reading.is_empty() {
        tokio::select! {
            next = found.recv(), if walking && reading.len() < concurrency.max(1) => match next {
                Some(Found::File(path)) => drop(reading.spawn(take_in(path, sink.clone(), who.clone(), tell.clone()))),
                Some(Found::LeftOut(path, reason)) => summary.add(Done { path, bytes: 0, result: Err(reason) }),
                None => walking = false,
            },
            Some(done) = told.recv() => {
                summary.add(done);
                progress(summary.total);
            }
            Some(read) = reading.join_next() => if read.is_err() {
                summary.add(Done { path: PathBuf::new(), bytes: 0, result: Err("reading was broken off".into()) });
            }
        }
    }
    while let Ok(done) = told.try_recv() {
        summary.add(done);
    }
    if walk.await.is_err() {
        summary.add(Done { path: path.to_owned(), bytes: 0, result: Err("listing was broken off".into()) });
    }
    progress(summary.total);
    summary
}

impl Summary {
    fn add(&mut self, done: Done) {
        self.total.bytes += done.bytes;
        match done.result {
            Ok(Outcome::Stored(_)) => self.total.stored += 1,
            Ok(Outcome::Duplicate(_)) => self.total.duplicates += 1,
            Ok(Outcome::Conflict(_)) => self.total.conflicts += 1,
            Err(Refusal { why, is_ours }) => {
                self.total.refused += 1;
                self.failed_here += u64::from(is_ours);
                if self.refused.len() < MAX_LISTED {
                    self.refused.push((done.path, why));
                }
            }
        }
    }
}

/// Ends early when nobody listens any more.
fn walk(root: &Path, sender: &mpsc::Sender<Found>) {
    for entry in WalkDir::new(root).max_depth(MAX_DEPTH).follow_links(false) {
        let found = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) => classify(entry),
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let reason = error.io_error().map_or_else(|| "cannot be listed".to_owned(), ToString::to_string);
                let reason = Refusal { why: reason, is_ours: true };
                Found::LeftOut(path, reason)
            }
        };
        if sender.blocking_send(found).is_err() {
            return;
        }
    }
}

fn classify(entry: DirEntry) -> Found {
    let is_directory_record = entry.file_name().eq_ignore_ascii_case(OsStr::new("DICOMDIR"));
    let kind = entry.file_type();
    let path = entry.into_path();
    if kind.is_symlink() {
        return Found::LeftOut(path, "symbolic link: not followed".into());
    }
    if !kind.is_file() {
        return Found::LeftOut(path, "no regular file".into());
    }
    if is_directory_record {
        return Found::LeftOut(path, IS_DIRECTORY.into());
    }
    Found::File(path)
}

/// A file, or every entry of one that is a zip file; tells what became of each.
async fn take_in<S: StoreSink>(path: PathBuf, sink: S, who: Principal, tell: mpsc::Sender<Done>) {
    let mut bytes = 0;
    let result = match opened(&path).await {
        Ok(Opened::Zip(zip)) => return entries::take_in(zip, &path, &sink, &who, &tell).await,
        Ok(Opened::File(file)) => stream(file, &sink, &who, &mut bytes).await,
        Err(error) => Err(error.into()),
    };
    // whoever does not listen any more has ended the import
    let _ = tell.send(Done { path, bytes, result }).await;
}

enum Opened {
    File(File),
    Zip(Box<Zip>),
}

async fn opened(path: &Path) -> std::io::Result<Opened> {
    let path = path.to_owned();
    let opening = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::open(path)?;
        let mut start = [0; 132];
        let read = file.read_at(&mut start, 0)?;
        if zip::is_zip(&start[..read]) {
            Ok(Opened::Zip(Box::new(Zip::open(file)?)))
        } else {
            Ok(Opened::File(File::from_std(file)))
        }
    });
    opening.await.map_err(std::io::Error::other)?
}

async fn stream<S: StoreSink>(mut file: File, sink: &S, who: &Principal, bytes: &mut u64) -> Result<Outcome, Refusal> {
    file.set_max_buf_size(READ_SIZE);
    let mut incoming = sink.begin(who, Framing::File).await?;
    let mut chunk = BytesMut::new();
    loop {
        chunk.reserve(READ_SIZE);
        let read = file.read_buf(&mut chunk).await?;
        if read == 0 {
            return Ok(incoming.finish().await?);
        }
        *bytes += read as u64;
        incoming.write(chunk.split().freeze()).await?;
    }
}

impl From<&str> for Refusal {
    fn from(why: &str) -> Self {
        Self { why: why.to_owned(), is_ours: false }
    }
}

impl From<std::io::Error> for Refusal {
    /// What a file says wrongly is its own fault; what the disk says is not.
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        Self { why: error.to_string(), is_ours: ![InvalidData, InvalidInput, UnexpectedEof].contains(&error.kind()) }
    }
}

impl From<archive::Error> for Refusal {
    /// With its sources, in one line.
    fn from(error: archive::Error) -> Self {
        use ErrorKind::{Conflict, Internal, NotFound, Unavailable};
        let is_ours = [Conflict, Internal, NotFound, Unavailable].contains(&error.kind());
        let mut why = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            why = format!("{why}: {error}");
            source = error.source();
        }
        Self { why, is_ours }
    }
}
