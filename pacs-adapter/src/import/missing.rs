//! What a medium's own directory names and the medium does not have: a damaged disk, or a copy of half of it.

use daemon::read_at_most;
use media::{MAX_DIRECTORY_BYTES, referenced_files};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The files that a DICOMDIR names and that are not there; in words why it cannot be read. Blocks.
pub(super) fn missing(directory: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let bytes = read_at_most(directory, MAX_DIRECTORY_BYTES).map_err(|error| error.to_string())?;
    let named = referenced_files(&bytes).map_err(|error| error.to_string())?;
    let folder = directory.parent().unwrap_or(Path::new(""));
    let place = |names: Vec<String>| names.iter().fold(folder.to_owned(), |path, name| path.join(name));
    Ok(named.into_iter().filter(|names| !is_there(folder, names)).map(place).collect())
}

/// Whether a file is there, in the capitals of the Standard or in the small letters that some systems show instead.
fn is_there(folder: &Path, names: &[String]) -> bool {
    let small = |name: &String| name.to_ascii_lowercase();
    let as_small = names.iter().map(small).fold(folder.to_owned(), |path, name| path.join(name));
    let as_named = names.iter().fold(folder.to_owned(), |path, name| path.join(name));
    as_named.is_file() || as_small.is_file()
}
