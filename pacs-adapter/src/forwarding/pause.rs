//! How long to wait before the next try.

use super::config::Config;
use crate::doubling::{chance, doubling};
use std::time::Duration;

/// The pauses of one destination: twice as long each time up to the longest, each shortened by chance so that destinations
/// that went together do not come back together.
pub(super) struct Pause {
    config: Config,
    failures: u32,
}

impl Pause {
    pub(super) fn new(config: Config) -> Self {
        Self { config, failures: 0 }
    }

    /// It worked.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// It failed once more.
    pub(super) fn next(&mut self) -> Duration {
        self.after_failure(chance())
    }

    /// With `chance` from 0 to 1.
    fn after_failure(&mut self, chance: f64) -> Duration {
        let Config { first_retry_s, longest_retry_s } = self.config;
        let whole = doubling(first_retry_s.max(1), self.failures, longest_retry_s.max(1));
        self.failures = self.failures.saturating_add(1);
        whole.mul_f64(1.0 - 0.25 * chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_vary() {
        let mut pause = Pause::new(Config { first_retry_s: 5, longest_retry_s: 60 });
        let waits: Vec<u128> = (0..6).map(|_| pause.after_failure(0.0).as_secs_f64() as u128).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        assert_eq!(pause.after_failure(1.0).as_secs(), 45);
        pause.reset();
        let once = pause.next().as_secs_f64();
        assert!((3.75..=5.0).contains(&once), "{once}");
    }
}
