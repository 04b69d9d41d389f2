//! Taking in a folder: a first filling, a disk or a zip file somebody brought.

mod contents;
mod entries;
mod medium;
mod put_away;
mod refusal;
mod walk;
pub(crate) mod watch;
mod whole;

use crate::sink::{StoreIncoming, StoreSink};
use archive::{Framing, Outcome};
use bytes::BytesMut;
use imaging_domain::Principal;
use media::{Zip, is_zip};
use refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::{
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};
use tokio::{fs::File, io::AsyncReadExt, sync::mpsc, task::JoinSet};
use walk::{Found, walk};

/// Refused files that are listed; further ones are only counted.
pub const MAX_LISTED: usize = 10_000;
/// Bytes read at a time.
const READ_SIZE: usize = 1024 * 1024;
/// Why a DICOMDIR is left out: what it lists lies beside it.
const IS_DIRECTORY: &str = "DICOMDIR: a table of contents, no instance";
/// What is said of a file that is listed and not there.
const IS_MISSING: &str = "the DICOMDIR names it and it is not there";
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
    /// Instances that the hospital's rules drop.
    #[serde(default)]
    pub dropped: u64,
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
    /// How many were taken in, or were here, that the DICOMDIR above them does not name.
    #[serde(default)]
    pub unnamed: u64,
    /// The first [`MAX_LISTED`] of them.
    #[serde(default)]
    pub first_unnamed: Vec<PathBuf>,
}

struct Done {
    path: PathBuf,
    is_unnamed: bool,
    bytes: u64,
    result: Result<Outcome, Refusal>,
}

/// Takes in every file below `path` (or `path` itself) for `who`, `concurrency` of them at once, and tells `progress`
/// after each. Of a zip file every entry is taken in. Symbolic links are not followed and a DICOMDIR is no instance; both are
/// in the summary, as is each file that a DICOMDIR names and that is not there, and, in a folder, each that was taken in without being
/// named. Nothing stops it but dropping the future: what was taken in until then stays, and a second run finds it as duplicates.
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
                Some(Found::File(path)) => drop(reading.spawn(take_in(path, false, sink.clone(), who.clone(), tell.clone()))),
                Some(Found::Unnamed(path)) => drop(reading.spawn(take_in(path, true, sink.clone(), who.clone(), tell.clone()))),
                Some(Found::LeftOut(path, reason)) => summary.add(Done::refused(path, reason)),
                None => walking = false,
            },
            Some(done) = told.recv() => {
                summary.add(done);
                progress(summary.total);
            }
            Some(read) = reading.join_next() => if read.is_err() {
                summary.add(Done::refused(PathBuf::new(), "reading was broken off".into()));
            }
        }
    }
    while let Ok(done) = told.try_recv() {
        summary.add(done);
    }
    if walk.await.is_err() {
        summary.add(Done::refused(path.to_owned(), "listing was broken off".into()));
    }
    progress(summary.total);
    summary
}

impl Done {
    /// Nothing was read of it.
    fn refused(path: PathBuf, why: Refusal) -> Self {
        Self { path, is_unnamed: false, bytes: 0, result: Err(why) }
    }
}

impl Summary {
    fn add(&mut self, done: Done) {
        self.total.bytes += done.bytes;
        if done.is_unnamed && done.result.is_ok() {
            self.unnamed += 1;
            if self.first_unnamed.len() < MAX_LISTED {
                self.first_unnamed.push(done.path.clone());
            }
        }
        match done.result.as_ref().map(Outcome::plain) {
            Ok(Outcome::Stored(_) | Outcome::Coerced(_)) => self.total.stored += 1,
            Ok(Outcome::Duplicate(_)) => self.total.duplicates += 1,
            Ok(Outcome::Conflict(_)) => self.total.conflicts += 1,
            Ok(Outcome::Dropped(_)) => self.total.dropped += 1,
            Err(Refusal { why, is_ours }) => {
                self.total.refused += 1;
                self.failed_here += u64::from(*is_ours);
                if self.refused.len() < MAX_LISTED {
                    self.refused.push((done.path, why.clone()));
                }
            }
        }
    }
}

/// A file, or every entry of one that is a zip file; tells what became of each.
async fn take_in<S: StoreSink>(path: PathBuf, is_unnamed: bool, sink: S, who: Principal, tell: mpsc::Sender<Done>) {
    let mut bytes = 0;
    let result = match opened(&path).await {
        Ok(Opened::Zip(zip)) => return entries::take_in(zip, &path, &sink, &who, &tell).await,
        Ok(Opened::File(file)) => stream(file, &sink, &who, &mut bytes).await,
        Err(error) => Err(error.into()),
    };
    // whoever does not listen any more has ended the import
    let _ = tell.send(Done { path, is_unnamed, bytes, result }).await;
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
        let is_zip = is_zip(&start[..read]);
        Ok(if is_zip { Opened::Zip(Box::new(Zip::open(file)?)) } else { Opened::File(File::from_std(file)) })
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
