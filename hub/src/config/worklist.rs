//! The region's worklist.

use serde::{Deserialize, Serialize};

/// Steps of work that hospitals, machines and people give each other (UPS-RS).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Worklist {
    /// Steps are forgotten so many days after they ended, unless a subscriber holds them by a deletion lock.
    pub keep_ended_days: u32,
}

impl Default for Worklist {
    fn default() -> Self {
        Self { keep_ended_days: 30 }
    }
}
