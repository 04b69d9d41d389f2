//! The folders of a store: made once, synced when something was put into them.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Syncs one. Not for an async thread.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(super) fn make_folders(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir.join("staging"))?;
    for shard in 0..=255 {
        fs::create_dir_all(dir.join("blobs").join(format!("{shard:02x}")))?;
    }
    sync(&dir.join("blobs"))?;
    sync(dir)
}
