//! How long to wait for somebody who was not there: twice as long each time.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// The pause after so many failures beyond the first: `first_s` seconds, doubled each time, up to `longest_s`.
pub(crate) fn doubling(first_s: u64, failures: u32, longest_s: u64) -> Duration {
    Duration::from_secs(first_s.saturating_mul(1 << failures.min(30)).min(longest_s))
}

/// From 0 to 1, so that those who went together do not come back together.
pub(crate) fn chance() -> f64 {
    // the keys of a hash map are random
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}
