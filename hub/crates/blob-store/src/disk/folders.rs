//! The folders of a store: made once, synced when something was put into them.

use crate::error::{Error, failed};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashSet,
    fs::{self, File},
    path::{Path, PathBuf},
};
use tokio::task::spawn_blocking;

/// Folders that are synced at the same time: each is a wait for the disk, and a disk serves many waits at once.
const AT_ONCE: usize = 8;

/// Syncs folders.
pub(super) async fn sync_all(folders: HashSet<PathBuf>) -> Result<(), Error> {
    let each = folders.into_iter().map(|path| spawn_blocking(move || sync(&path)));
    let mut synced = stream::iter(each).buffer_unordered(AT_ONCE);
    while let Some(synced) = synced.next().await {
        synced.map_err(super::stopped)??;
    }
    Ok(())
}

/// Syncs one. Not for an async thread.
pub(super) fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync a folder"))
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
