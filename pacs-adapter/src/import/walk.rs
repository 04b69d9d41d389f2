//! What lies in a folder.

use super::{IS_DIRECTORY, refusal::Refusal};
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
    LeftOut(PathBuf, Refusal),
}

/// Ends early when nobody listens any more.
pub(super) fn walk(root: &Path, sender: &mpsc::Sender<Found>) {
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
