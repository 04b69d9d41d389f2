//! Files that were measured and are not needed any more.

use anyhow::Result;
use std::{
    fs::{self, OpenOptions},
    path::Path,
};

/// Empties the files of a folder and puts it away below `place`, under a name of its own; it goes when `place` goes. An inode
/// that is removed costs whoever makes a new one: ext4 without a journal does not use it again for minutes, and until then
/// looks at each such inode of the group every time (`recently_deleted` in fs/ext4/ialloc.c).
pub fn put_away(place: &Path, folder: &Path) -> Result<()> {
    empty(folder)?;
    let spent = place.join("spent");
    fs::create_dir_all(&spent)?;
    let number = fs::read_dir(&spent)?.count();
    Ok(fs::rename(folder, spent.join(number.to_string()))?)
}

fn empty(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            empty(&entry.path())?;
        } else {
            OpenOptions::new().write(true).truncate(true).open(entry.path())?;
        }
    }
    Ok(())
}
