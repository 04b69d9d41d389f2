//! Taking in a folder: a first filling, or a disk somebody brought.

use crate::sink::{StoreIncoming, StoreSink};
use archive::{Framing, Outcome};
use bytes::BytesMut;
use imaging_domain::Principal;
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};
use tokio::{fs::File, io::AsyncReadExt, sync::mpsc, task::JoinSet};
use walkdir::{DirEntry, WalkDir};

/// Refused files that are listed; further ones are only counted.
pub const MAX_LISTED: usize = 10_000;
/// Bytes read at a time.
const READ_SIZE: usize = 1024 * 1024;
/// Folders inside of folders that are entered.
const MAX_DEPTH: usize = 64;
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
}

enum Found {
    File(PathBuf),
    LeftOut(PathBuf, String),
}

struct Done {
    path: PathBuf,
    bytes: u64,
    result: Result<Outcome, String>,
}

/// Takes in every file below `path` (or `path` itself) for `who`, `concurrency` of them at once, and tells `progress`
/// after each. Symbolic links are not followed and a DICOMDIR is no instance; both are in the summary. Nothing stops
/// it but dropping the future: what was taken in until then stays, and a second run finds it as duplicates.
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
    let mut reading = JoinSet::new();
    let mut walking = true;
    while walking || !reading.is_empty() {
        tokio::select! {
            next = found.recv(), if walking && reading.len() < concurrency.max(1) => match next {
                Some(Found::File(path)) => drop(reading.spawn(take_in(path, sink.clone(), who.clone()))),
                Some(Found::LeftOut(path, reason)) => summary.add(Done { path, bytes: 0, result: Err(reason) }),
                None => walking = false,
            },
            Some(done) = reading.join_next() => {
                let lost = |_| Done { path: PathBuf::new(), bytes: 0, result: Err("reading was broken off".to_owned()) };
                summary.add(done.unwrap_or_else(lost));
                progress(summary.total);
            }
        }
    }
    if walk.await.is_err() {
        summary.add(Done { path: path.to_owned(), bytes: 0, result: Err("listing was broken off".to_owned()) });
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
            Err(reason) => {
                self.total.refused += 1;
                if self.refused.len() < MAX_LISTED {
                    self.refused.push((done.path, reason));
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
        return Found::LeftOut(path, "symbolic link: not followed".to_owned());
    }
    if !kind.is_file() {
        return Found::LeftOut(path, "no regular file".to_owned());
    }
    if is_directory_record {
        return Found::LeftOut(path, "DICOMDIR: a table of contents, no instance".to_owned());
    }
    Found::File(path)
}

async fn take_in<S: StoreSink>(path: PathBuf, sink: S, who: Principal) -> Done {
    let mut bytes = 0;
    let result = stream(&path, &sink, &who, &mut bytes).await;
    Done { path, bytes, result }
}

async fn stream<S: StoreSink>(path: &Path, sink: &S, who: &Principal, bytes: &mut u64) -> Result<Outcome, String> {
    let unreadable = |error: std::io::Error| error.to_string();
    let mut file = File::open(path).await.map_err(unreadable)?;
    file.set_max_buf_size(READ_SIZE);
    let mut incoming = sink.begin(who, Framing::File).await.map_err(reason)?;
    let mut chunk = BytesMut::new();
    loop {
        chunk.reserve(READ_SIZE);
        let read = file.read_buf(&mut chunk).await.map_err(unreadable)?;
        if read == 0 {
            return incoming.finish().await.map_err(reason);
        }
        *bytes += read as u64;
        incoming.write(chunk.split().freeze()).await.map_err(reason)?;
    }
}

/// An error with its sources, in one line.
fn reason(error: archive::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
