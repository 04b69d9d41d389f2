//! The DICOMDIR of a zip file against its entries: what one names and the other does not have.

use media::{MAX_DIRECTORY_BYTES, referenced_files};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The most entries that are remembered; of a zip file with more nothing is said to be missing.
const MAX_ENTRIES: usize = 500_000;

/// What a zip file has and what it says it has. Names are compared in small letters, as some systems write what the Standard writes in
/// capitals.
#[derive(Default)]
pub(super) struct Contents {
    entries: BTreeSet<String>,
    named: Vec<PathBuf>,
}

impl Contents {
    /// Whether a path is that of a medium's directory.
    pub(super) fn is_directory(path: &Path) -> bool {
        path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("DICOMDIR"))
    }

    /// There is an entry.
    pub(super) fn has(&mut self, path: &Path) {
        if self.entries.len() <= MAX_ENTRIES {
            self.entries.insert(small(path));
        }
    }

    /// There is a directory, with these bytes, or with more than are read.
    ///
    /// # Errors
    /// In words why it cannot be read.
    pub(super) fn is_told_by(&mut self, directory: &Path, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() as u64 > MAX_DIRECTORY_BYTES {
            return Err("it is too large".to_owned());
        }
        let folder = directory.parent().unwrap_or(Path::new(""));
        let named = referenced_files(bytes).map_err(|error| error.to_string())?;
        self.named.extend(named.iter().map(|names| names.iter().fold(folder.to_owned(), |path, name| path.join(name))));
        Ok(())
    }

    /// What is named and not there.
    pub(super) fn missing(self) -> impl Iterator<Item = PathBuf> {
        let Self { entries, named } = self;
        let is_known = entries.len() <= MAX_ENTRIES;
        named.into_iter().filter(move |path| is_known && !entries.contains(&small(path)))
    }
}

fn small(path: &Path) -> String {
    path.to_string_lossy().to_ascii_lowercase()
}
