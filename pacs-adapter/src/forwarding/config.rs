//! How often a destination is tried.

use serde::{Deserialize, Serialize};

/// The config of forwarding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seconds until a destination that does not take instances is tried again; each time twice as long.
    pub first_retry_s: u64,
    /// The longest of these times.
    pub longest_retry_s: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { first_retry_s: 5, longest_retry_s: 600 }
    }
}
