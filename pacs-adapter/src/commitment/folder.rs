//! Transactions on the disk: a file each, so that what was acknowledged is known after any crash.

use super::transaction::Transaction;
use daemon::read_at_most;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The most bytes of a request's file: identifiers of as many instances as one may have, with their outcomes.
const MAX_REQUEST: u64 = 32 << 20;

/// A folder of transactions.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// The name of a transaction's file: the same peer asking again with the same UID has the same.
pub(super) fn name(transaction: &Transaction) -> String {
    let digest = Sha256::digest(format!("{}\\{}", transaction.ae, transaction.uid));
    format!("{}.json", hex::encode(&digest[..16]))
}

impl Folder {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        for entry in fs::read_dir(&path)? {
            let path = entry?.path();
            // half of a file, which nobody was told of
            if path.extension().is_some_and(|extension| extension == "new") {
                fs::remove_file(path)?;
            }
        }
        Ok(Self(path))
    }

    /// Everything that was not ended; a file that a crash left half is none.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().filter(|name| name.ends_with(".json")) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Transaction> {
        serde_json::from_slice(&read_at_most(&self.0.join(name), MAX_REQUEST)?).map_err(io::Error::other)
    }

    /// After `Ok` it survives a power loss.
    pub(super) fn write(&self, name: &str, transaction: &Transaction) -> io::Result<()> {
        let new = self.0.join(format!("{name}.new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec(transaction).map_err(io::Error::other)?)?;
        file.sync_all()?;
        fs::rename(&new, self.0.join(name))?;
        sync(&self.0)
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))?;
        sync(&self.0)
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
