//! What is kept beside the configuration: `peers.json` in the adapter's folder.

use super::{config::Peer, refused::Refusals};
use daemon::read_at_most;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// The most bytes of the file that are read; what we write is smaller.
const MAX_FILE: u64 = 4 << 20;

/// A peer that was allowed after it had been refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowed {
    pub(super) peer: Peer,
    pub(super) since_ms: i64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Stored {
    pub(super) allowed: Vec<Allowed>,
    pub(super) refused: Refusals,
}

impl Stored {
    pub(super) fn read(dir: &Path) -> io::Result<Self> {
        let path = dir.join("peers.json");
        match read_at_most(&path, MAX_FILE) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// In place of what was there, at once or not at all; after `Ok` it survives a power loss.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let new = dir.join("peers.new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec_pretty(self).map_err(io::Error::other)?)?;
        file.sync_all()?;
        fs::rename(&new, dir.join("peers.json"))?;
        File::open(dir)?.sync_all()
    }
}
