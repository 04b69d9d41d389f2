//! Settings of the index.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the index rests and how many may read it at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The database file; it and its folder are made when they are not there. Two files with the endings `-wal` and
    /// `-shm` stand beside it while it is open and belong to it.
    pub path: PathBuf,
    /// Connections that read at the same time, at least one; further readers wait for a free one.
    #[serde(default = "readers")]
    pub readers: usize,
}

fn readers() -> usize {
    4
}
