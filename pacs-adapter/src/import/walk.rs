//! What lies in a folder.

use super::{
    IS_DIRECTORY, IS_MISSING,
    medium::{Medium, missing},
    refusal::Refusal,
};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};
use tokio::sync::mpsc;
use walkdir::{DirEntry, WalkDir};

/// Folders inside of folders that are entered.
const MAX_DEPTH: usize = 64;

pub(super) enum Found {
    File(PathBuf),
    /// A file that the DICOMDIR above it does not name.
    Unnamed(PathBuf),
    LeftOut(PathBuf, Refusal),
}

/// Ends early when nobody listens any more. Of media in one another the outermost says what is named: one directory is held at a time.
pub(super) fn walk(root: &Path, sender: &mpsc::Sender<Found>) {
    let mut medium: Option<Medium> = None;
    for entry in WalkDir::new(root).max_depth(MAX_DEPTH).follow_links(false) {
        let found = match entry {
            Ok(entry) if entry.file_type().is_dir() => {
                if !medium.as_ref().is_some_and(|medium| medium.has(entry.path())) {
                    medium = Medium::at(entry.path());
                }
                continue;
            }
            Ok(entry) if is_directory(&entry) => {
                // by itself it says nothing of what lies beside it
                let most = if entry.depth() == 0 { 1 } else { usize::MAX };
                for found in listed(entry.into_path()).into_iter().take(most) {
                    // whoever does not listen any more will not hear the rest either
                    let _ = sender.blocking_send(found);
                }
                continue;
            }
            Ok(entry) => classify(entry, medium.as_ref()),
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

/// Whether it is the directory of a medium.
fn is_directory(entry: &DirEntry) -> bool {
    entry.file_type().is_file() && entry.file_name().eq_ignore_ascii_case(OsStr::new("DICOMDIR"))
}

/// A DICOMDIR, which is no instance, and what it names and is not there.
fn listed(directory: PathBuf) -> Vec<Found> {
    match missing(&directory) {
        Ok(missing) => {
            let missing = missing.into_iter().map(|path| Found::LeftOut(path, IS_MISSING.into()));
            std::iter::once(Found::LeftOut(directory, IS_DIRECTORY.into())).chain(missing).collect()
        }
        Err(why) => {
            let reason = Refusal { why: format!("{IS_DIRECTORY}; it cannot be read: {why}"), is_ours: false };
            vec![Found::LeftOut(directory, reason)]
        }
    }
}

fn classify(entry: DirEntry, medium: Option<&Medium>) -> Found {
    let kind = entry.file_type();
    let path = entry.into_path();
    if kind.is_symlink() {
        return Found::LeftOut(path, "symbolic link: not followed".into());
    }
    if !kind.is_file() {
        return Found::LeftOut(path, "no regular file".into());
    }
    match medium.filter(|medium| medium.has(&path)) {
        Some(medium) if !medium.names(&path) => Found::Unnamed(path),
        _ => Found::File(path),
    }
}
