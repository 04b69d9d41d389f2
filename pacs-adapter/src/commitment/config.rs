//! How long the report of a commitment is tried.

use crate::doubling::doubling;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The config of storage commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seconds until a report that was not taken is sent again; each time twice as long.
    pub first_retry_s: u64,
    /// The longest of these times.
    pub longest_retry_s: u64,
    /// Hours after which a report that nobody takes is given up.
    pub give_up_after_h: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { first_retry_s: 10, longest_retry_s: 3600, give_up_after_h: 7 * 24 }
    }
}

impl Config {
    /// How long to wait after so many attempts, at least one.
    pub(super) fn pause(&self, attempts: u32) -> Duration {
        doubling(self.first_retry_s.max(1), attempts.max(1) - 1, self.longest_retry_s.max(1))
    }

    pub(super) fn give_up_after_ms(&self) -> i64 {
        i64::try_from(self.give_up_after_h.saturating_mul(3_600_000)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let config = Config::default();
        let pauses: Vec<u64> = [0, 1, 2, 3, 9, 10, 4_000_000].map(|attempts| config.pause(attempts).as_secs()).into();
        assert_eq!(pauses, [10, 10, 20, 40, 2560, 3600, 3600]);
    }
}
