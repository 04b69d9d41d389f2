//! Where a file of the watched folder goes when it was taken in, or cannot be.

use super::{
    Summary,
    watch::{Look, WatchConfig},
};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

const EARLY: &str = "it ends before it should, and nobody wrote to it any more";

/// The folders that files go to.
#[derive(Debug, Clone)]
pub(super) struct Places {
    folder: PathBuf,
    /// Of those that were taken in; empty removes them.
    taken_to: PathBuf,
    /// Of those that cannot be read.
    unread_to: PathBuf,
}

impl Places {
    /// Those of a configuration, for an adapter with this folder.
    pub(super) fn of(config: &WatchConfig, dir: &Path) -> Self {
        let WatchConfig { folder, taken_to, .. } = config.clone();
        Self { folder, taken_to, unread_to: config.unread_to_of(dir) }
    }

    /// How a file is called within the folder.
    fn below<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.folder).unwrap_or(path)
    }
}

/// Puts a file where it belongs now.
///
/// # Errors
/// When it stays: nothing could be stored, another file has its name since it was looked at, or it cannot be moved.
pub(super) fn put_away(places: &Places, path: &Path, look: Look, summary: &Summary) -> io::Result<()> {
    if summary.failed_here > 0 {
        return Err(io::Error::other("it could not be stored now"));
    }
    if Look::at(&path.symlink_metadata()?) != look {
        return Err(io::Error::other("it changed while it was read"));
    }
    let below = places.below(path);
    if summary.refused.is_empty() {
        return if places.taken_to.as_os_str().is_empty() {
            fs::remove_file(path)
        } else {
            move_to(path, &free(&places.taken_to.join(below)))
        };
    }
    let told: Vec<_> = summary.refused.iter().map(|(path, why)| format!("{}: {why}\n", path.display())).collect();
    aside(&places.unread_to.join(below), path, &told.concat())
}

/// One that was waited for long enough.
///
/// # Errors
/// When it cannot be moved.
pub(super) fn set_aside(places: &Places, path: &Path) -> io::Result<()> {
    tracing::warn!("a file of the watched folder ends early and goes aside");
    aside(&places.unread_to.join(places.below(path)), path, &format!("{}: {EARLY}\n", path.display()))
}

/// A file goes aside with the reason beside it.
fn aside(wanted: &Path, path: &Path, why: &str) -> io::Result<()> {
    let place = free(wanted);
    move_to(path, &place)?;
    let mut beside = place.into_os_string();
    beside.push(".why.txt");
    fs::write(beside, why)
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

/// Over to another disk too: as a copy that is on it before the file goes. Half a copy is none.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    let Some(folder) = to.parent() else { return Err(io::ErrorKind::InvalidInput.into()) };
    fs::create_dir_all(folder)?;
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let synced = |path| File::open(path)?.sync_all();
            let copied = fs::copy(from, to).and_then(|_| synced(to)).and_then(|()| synced(folder));
            if copied.is_err() {
                let _ = fs::remove_file(to);
            }
            copied.and_then(|()| fs::remove_file(from))
        }
        renamed => renamed,
    }
}
