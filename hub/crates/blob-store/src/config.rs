//! Settings of a store on disk.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where a store lies and how much room it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The store's folder; made when it is not there. One process at a time may have it open.
    pub dir: PathBuf,
    /// Nothing is staged when the file system has fewer bytes free.
    pub reserve_bytes: u64,
}
