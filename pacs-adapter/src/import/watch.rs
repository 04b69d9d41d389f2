//! A folder that is watched: what is put there is taken in when it is whole, and leaves it.
//!
//! A file is whole when its size and its time stayed as they are for a while, and when it has all of what it says; somebody who
//! renames a finished file into the folder waits no longer than that. One that ends early is waited for much longer, and then
//! goes aside: half an image is never taken in here. What was taken is removed or moved, what cannot be read goes aside with the
//! reason. What fails for a reason of ours stays and is tried again.

use super::{Summary, import, whole::ends_early};
use crate::sink::StoreSink;
use imaging_domain::Principal;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use walkdir::WalkDir;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Folders inside of folders that are looked at, and files that are looked after at once.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 100_000;
/// How many times as long one is waited for that ends early.
const PATIENCE: u64 = 60;
const EARLY: &str = "it ends before it should, and nobody wrote to it any more";
/// Who takes in what is found.
/// What the watched folder is called.
pub(crate) const WATCH_NAME: &str = "watched folder";
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

/// What a file looked like, and for how many looks it has.
#[derive(Clone, PartialEq)]
struct Seen {
    size: u64,
    modified: Option<std::time::SystemTime>,
    looks: u64,
}

/// Watches until `stop`.
pub async fn watch<S: StoreSink>(config: WatchConfig, dir: PathBuf, sink: S, stop: CancellationToken) {
    if config.folder.as_os_str().is_empty() {
        return;
    }
    let unread_to = if config.unread_to.as_os_str().is_empty() { dir.join("unread") } else { config.unread_to.clone() };
    let mut seen = HashMap::new();
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let (folder, before, quiet) = (config.folder.clone(), seen, config.quiet_s.max(1));
        let Ok((after, whole)) = tokio::task::spawn_blocking(move || look(&folder, &before, quiet)).await else {
            return;
        };
        seen = after;
        for Still { path, looks } in whole {
            let asked = path.clone();
            let early = tokio::task::spawn_blocking(move || ends_early(&asked)).await;
            if let Ok(Ok(true)) = early {
                if looks >= quiet.saturating_mul(PATIENCE) {
                    set_aside(&config, &unread_to, &path);
                }
                continue;
            }
            let Some(summary) = stop.run_until_cancelled(import(&path, sink.clone(), &WATCH, 4, |_| {})).await else {
                return;
            };
            let moving = (config.clone(), unread_to.clone(), path.clone());
            let moved = tokio::task::spawn_blocking(move || put_away(&moving.0, &moving.1, &moving.2, &summary)).await;
            match moved {
                Ok(Ok(())) => drop(seen.remove(&path)),
                Ok(Err(error)) => tracing::warn!(%error, "a file of the watched folder stays where it is"),
                Err(_) => return,
            }
        }
    }
}

/// A file that did not change, for so many looks.
struct Still {
    path: PathBuf,
    looks: u64,
}

/// What is in the folder now, and what of it did not change for a while.
fn look(folder: &Path, before: &HashMap<PathBuf, Seen>, quiet: u64) -> (HashMap<PathBuf, Seen>, Vec<Still>) {
    let (mut after, mut whole) = (HashMap::new(), Vec::new());
    let walk = WalkDir::new(folder).max_depth(MAX_DEPTH).follow_links(false).sort_by_file_name();
    for entry in walk.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).take(MAX_FILES) {
        // names with a dot are how copying programs call what they are still writing
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        let now = Seen { size: metadata.len(), modified: metadata.modified().ok(), looks: 0 };
        let path = entry.into_path();
        let looks = before.get(&path).filter(|then| then.size == now.size && then.modified == now.modified);
        let looks = looks.map_or(0, |then| then.looks + 1);
        // one that could not be taken comes again after as long
        if looks > 0 && looks.is_multiple_of(quiet) {
            whole.push(Still { path: path.clone(), looks });
        }
        after.insert(path, Seen { looks, ..now });
    }
    (after, whole)
}

/// Puts a file where it belongs now.
fn put_away(config: &WatchConfig, unread_to: &Path, path: &Path, summary: &Summary) -> io::Result<()> {
    if summary.failed_here > 0 {
        return Err(io::Error::other("it could not be stored now"));
    }
    let below = path.strip_prefix(&config.folder).unwrap_or(path);
    if summary.refused.is_empty() {
        return if config.taken_to.as_os_str().is_empty() {
            fs::remove_file(path)
        } else {
            move_to(path, &free(&config.taken_to.join(below)))
        };
    }
    let told: Vec<_> = summary.refused.iter().map(|(path, why)| format!("{}: {why}\n", path.display())).collect();
    aside(&unread_to.join(below), path, &told.concat())
}

/// A file goes aside with the reason beside it.
fn aside(wanted: &Path, path: &Path, why: &str) -> io::Result<()> {
    let place = free(wanted);
    move_to(path, &place)?;
    let mut beside = place.into_os_string();
    beside.push(".why.txt");
    fs::write(beside, why)
}

/// One that was waited for long enough.
fn set_aside(config: &WatchConfig, unread_to: &Path, path: &Path) {
    let below = path.strip_prefix(&config.folder).unwrap_or(path);
    match aside(&unread_to.join(below), path, &format!("{}: {EARLY}\n", path.display())) {
        Ok(()) => tracing::warn!("a file of the watched folder ends early and went aside"),
        Err(error) => tracing::warn!(%error, "a file of the watched folder stays where it is"),
    }
}

/// A path where nothing is yet.
fn free(wanted: &Path) -> PathBuf {
    let numbered = |number: u32| {
        let mut name = wanted.as_os_str().to_owned();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    let names = std::iter::once(wanted.to_owned()).chain((1..).map(numbered));
    let mut names = names.skip_while(|path| path.symlink_metadata().is_ok());
    names.next().unwrap_or_else(|| wanted.to_owned())
}

/// Over to another disk too: as a copy that is synced before the file goes.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(from, to)?;
            fs::File::open(to)?.sync_all()?;
            fs::remove_file(from)
        }
        renamed => renamed,
    }
}
