//! Settings of the log.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where one chain lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file, one event a line; made when it is not there. One process at a time writes to it; another waits.
    pub path: PathBuf,
}
