//! The folders of a store: made once, synced when something was put into them.

use crate::error::{Error, failed};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Syncs folders, several at a time: each is a wait for the disk, and a disk serves many waits at once.
pub(super) fn sync_all(folders: Vec<PathBuf>) -> Result<(), Error> {
    let sync = |path: &PathBuf| File::open(path).and_then(|folder| folder.sync_all());
    let results: Vec<std::io::Result<()>> = std::thread::scope(|scope| {
        let (first, rest) = folders.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        let chunks = rest.chunks(rest.len().div_ceil(8).max(1));
        let others: Vec<_> = chunks.map(|chunk| scope.spawn(move || chunk.iter().try_for_each(sync))).collect();
        let mine = first.map_or(Ok(()), sync);
        let died = || Err(std::io::Error::other("thread died"));
        others.into_iter().map(|other| other.join().unwrap_or_else(|_| died())).chain([mine]).collect()
    });
    results.into_iter().collect::<std::io::Result<()>>().map_err(failed("sync a folder"))
}

pub(super) fn make_folders(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir.join("staging"))?;
    for shard in 0..=255 {
        fs::create_dir_all(dir.join("blobs").join(format!("{shard:02x}")))?;
    }
    for folder in [dir.join("blobs"), dir.to_owned()] {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
