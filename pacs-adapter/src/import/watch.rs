//! A folder that is watched: what is put there is taken in when it is whole, and leaves it.
//!
//! A file is whole when its size and its time stayed as they are for a while, and when it has all of what it says; somebody who
//! renames a finished file into the folder waits no longer than that. One that ends early is waited for much longer, and then
//! goes aside: half an image is never taken in here. What was taken is removed or moved, what cannot be read goes aside with the
//! reason. What fails for a reason of ours stays and is tried again.

use super::{
    import,
    put_away::{Places, put_away, set_aside},
    whole::ends_early,
};
use crate::sink::StoreSink;
use imaging_domain::Principal;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::Metadata,
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use walkdir::WalkDir;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Folders inside of folders that are looked at, and files that are looked after at once.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 100_000;
/// How many times as long one is waited for that ends early.
const PATIENCE: u64 = 60;
/// What the watched folder is called.
pub(crate) const WATCH_NAME: &str = "watched folder";
/// Who takes in what is found.
const WATCH: Principal = Principal::Service(WATCH_NAME);

/// The config of the watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WatchConfig {
    /// The folder; empty watches none.
    pub folder: PathBuf,
    /// Seconds for which a file must not change before it is taken, if it is whole.
    pub quiet_s: u64,
    /// Where files go that were taken in; empty removes them.
    pub taken_to: PathBuf,
    /// Where files go that cannot be read, each with a text beside it that says why; empty is `unread` in the adapter's folder.
    pub unread_to: PathBuf,
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self { folder: PathBuf::new(), quiet_s: 5, taken_to: PathBuf::new(), unread_to: PathBuf::new() }
    }
}

impl WatchConfig {
    /// Where files go that cannot be read, of an adapter with this folder.
    pub(crate) fn unread_to_of(&self, dir: &Path) -> PathBuf {
        if self.unread_to.as_os_str().is_empty() { dir.join("unread") } else { self.unread_to.clone() }
    }
}

/// What a file looks like. Another one of the same name looks otherwise, also when it has as many bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    size: u64,
    modified: Option<SystemTime>,
    inode: (u64, u64),
}

impl Look {
    pub(super) fn at(metadata: &Metadata) -> Self {
        let inode = (metadata.dev(), metadata.ino());
        Self { size: metadata.len(), modified: metadata.modified().ok(), inode }
    }
}

/// What a file looked like, and for how many looks it has.
#[derive(Clone, Copy)]
struct Seen {
    look: Look,
    looks: u64,
}

/// A file that did not change, for so many looks.
struct Still {
    path: PathBuf,
    seen: Seen,
}

/// Watches until `stop`; `tell` hears what people should know of the folder, without the names of files.
pub async fn watch<S: StoreSink>(
    config: WatchConfig,
    dir: PathBuf,
    sink: S,
    tell: impl Fn(&str),
    stop: CancellationToken,
) {
    if config.folder.as_os_str().is_empty() {
        return;
    }
    let places = Places::of(&config, &dir);
    let quiet = config.quiet_s.max(1);
    let (mut seen, mut is_there) = (HashMap::new(), true);
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let (folder, before) = (config.folder.clone(), seen);
        let Ok(looked) = spawn_blocking(move || look(&folder, &before, quiet)).await else { return };
        // of a share that is late, or away, nothing was seen: everything else goes on
        let was_there = std::mem::replace(&mut is_there, looked.is_ok());
        let (after, still) = looked.unwrap_or_else(|error| {
            if was_there {
                tracing::warn!(%error, "the watched folder is not there");
                tell(&format!("the folder is not there: {error}"));
            }
            Found::default()
        });
        seen = after;
        for one in still {
            let Some(left) = stop.run_until_cancelled(take(&one, &places, &sink, quiet)).await else { return };
            match left {
                Ok(true) => drop(seen.remove(&one.path)),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a file of the watched folder stays where it is");
                    tell(&format!("a file stays where it is: {error}"));
                }
            }
        }
    }
}

/// Takes a file in and puts it where it belongs then; whether it left the folder.
async fn take<S: StoreSink>(Still { path, seen }: &Still, places: &Places, sink: &S, quiet: u64) -> io::Result<bool> {
    let asked = path.clone();
    // one that cannot be read says so when it is taken in
    if let Ok(Ok(true)) = spawn_blocking(move || ends_early(&asked)).await {
        if seen.looks < quiet.saturating_mul(PATIENCE) {
            return Ok(false);
        }
        let (places, path) = (places.clone(), path.clone());
        spawn_blocking(move || set_aside(&places, &path)).await.map_err(io::Error::other)??;
        return Ok(true);
    }
    let summary = import(path, sink.clone(), &WATCH, 4, |_| {}).await;
    let (places, path, look) = (places.clone(), path.clone(), seen.look);
    spawn_blocking(move || put_away(&places, &path, look, &summary)).await.map_err(io::Error::other)??;
    Ok(true)
}

type Found = (HashMap<PathBuf, Seen>, Vec<Still>);

/// What is in the folder now, and what of it did not change for a while.
fn look(folder: &Path, before: &HashMap<PathBuf, Seen>, quiet: u64) -> io::Result<Found> {
    folder.read_dir()?;
    let (mut after, mut still) = (HashMap::new(), Vec::new());
    let walk = WalkDir::new(folder).max_depth(MAX_DEPTH).follow_links(false).sort_by_file_name();
    for entry in walk.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).take(MAX_FILES) {
        // names with a dot are how copying programs call what they are still writing
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        let (path, look) = (entry.into_path(), Look::at(&metadata));
        let looks = before.get(&path).filter(|then| then.look == look).map_or(0, |then| then.looks + 1);
        let seen = Seen { look, looks };
        // one that could not be taken comes again after as long
        if looks > 0 && looks.is_multiple_of(quiet) {
            still.push(Still { path: path.clone(), seen });
        }
        after.insert(path, seen);
    }
    Ok((after, still))
}
