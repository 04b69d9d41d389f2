//! What a medium's own directory names and the medium does not have, and the other way round: a damaged disk, a copy of half of it, or
//! of two.

use daemon::read_at_most;
use media::{MAX_DIRECTORY_BYTES, referenced_files};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// How the systems show the name that the Standard gives a medium's directory.
const NAMES: [&str; 2] = ["DICOMDIR", "dicomdir"];

/// A folder with a DICOMDIR that can be read.
pub(super) struct Medium {
    folder: PathBuf,
    /// In small letters, as some systems show what the Standard writes in capitals.
    named: BTreeSet<String>,
}

impl Medium {
    /// What lies in a folder; `None` without a DICOMDIR there that can be read. Blocks.
    pub(super) fn at(folder: &Path) -> Option<Self> {
        let directory = NAMES.iter().map(|name| folder.join(name)).find(|path| is_file(path))?;
        let named = named(&directory).ok()?.iter().map(|names| names.join("/").to_ascii_lowercase()).collect();
        Some(Self { folder: folder.to_owned(), named })
    }

    /// Whether a path leads into it.
    pub(super) fn has(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// Whether its DICOMDIR names a file.
    pub(super) fn names(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        self.named.contains(&below.to_string_lossy().to_ascii_lowercase())
    }
}

/// The files that a DICOMDIR names and that are not there; in words why it cannot be read. Blocks.
pub(super) fn missing(directory: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let named = named(directory)?;
    let folder = directory.parent().unwrap_or(Path::new(""));
    let place = |names: Vec<String>| names.iter().fold(folder.to_owned(), |path, name| path.join(name));
    Ok(named.into_iter().filter(|names| !is_there(folder, names)).map(place).collect())
}

fn named(directory: &Path) -> Result<Vec<Vec<String>>, String> {
    let bytes = read_at_most(directory, MAX_DIRECTORY_BYTES).map_err(|error| error.to_string())?;
    referenced_files(&bytes).map_err(|error| error.to_string())
}

/// Whether it is a file and no link to one.
fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Whether a file is there, in the capitals of the Standard or in the small letters that some systems show instead.
fn is_there(folder: &Path, names: &[String]) -> bool {
    let small = |name: &String| name.to_ascii_lowercase();
    let as_small = names.iter().map(small).fold(folder.to_owned(), |path, name| path.join(name));
    let as_named = names.iter().fold(folder.to_owned(), |path, name| path.join(name));
    as_named.is_file() || as_small.is_file()
}
