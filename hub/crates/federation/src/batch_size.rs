//! How many lines are sent at once: fewer after those that did not get through in time, because on a slow line they never would.

use crate::{error::Error, sync::MAX_BATCH};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most lines of the next batch.
pub(crate) struct BatchSize(AtomicUsize);

impl Default for BatchSize {
    fn default() -> Self {
        Self(AtomicUsize::new(MAX_BATCH))
    }
}

impl BatchSize {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// So many lines got through. Twice as many are tried next, when these were as many as were allowed.
    pub(crate) fn went(&self, lines: usize) {
        if lines >= self.get() {
            self.0.store((2 * lines).min(MAX_BATCH), Ordering::Relaxed);
        }
    }

    /// So many lines did not.
    pub(crate) fn failed(&self, lines: usize, error: &Error) {
        if lines > 0 && matches!(error, Error::Timeout) {
            self.0.store((lines / 2).max(1), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_until_a_batch_gets_through_and_doubles_again() {
        let size = BatchSize::default();
        for expected in [250, 125, 62, 31, 15, 7, 3, 1, 1] {
            size.failed(size.get(), &Error::Timeout);
            assert_eq!(size.get(), expected);
        }
        size.failed(1, &Error::Refused);
        size.went(0);
        for expected in [2, 4, 8, 16, 32, 64, 128, 256, 500, 500] {
            size.went(size.get());
            assert_eq!(size.get(), expected);
        }
        size.went(3);
        size.failed(500, &Error::Refused);
        assert_eq!(size.get(), MAX_BATCH, "only time tells that a line is slow");
        size.failed(0, &Error::Timeout);
        assert_eq!(size.get(), MAX_BATCH, "a question without lines cannot be smaller");
    }
}
