//! What of the archive can be set.

use serde::{Deserialize, Serialize};

/// What is made ready ahead of requests: the headers of each series, at the hub its thumbnail, and at a hospital that keeps its images
/// the thumbnail of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AheadConfig {
    /// Seconds without anything new of a series before it is made ready.
    pub quiet_s: u32,
    /// Series that are worked on at the same time; 0 makes nothing ready.
    pub series_at_once: usize,
}

impl Default for AheadConfig {
    fn default() -> Self {
        Self { quiet_s: 5, series_at_once: 2 }
    }
}
