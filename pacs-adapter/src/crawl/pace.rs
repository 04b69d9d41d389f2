//! Not more in a second than was said.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// A rate that all who fetch share. What was fetched is paid for before the next begins.
pub(super) struct Pace {
    per_s: u32,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_s: u32) -> Self {
        Self { per_s, next: Mutex::new(None) }
    }

    /// Waits until what was fetched so far is paid for.
    pub(super) async fn wait(&self) {
        let next = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(next) = next {
            tokio::time::sleep_until(next).await;
        }
    }

    pub(super) fn spend(&self, instances: u64) {
        if self.per_s > 0 {
            let cost = Duration::from_secs_f64(instances as f64 / f64::from(self.per_s));
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let from = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(from + cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_was_fetched_is_paid_for() {
        let (begun, pace) = (Instant::now(), Pace::new(10));
        pace.wait().await;
        pace.spend(5);
        pace.spend(15);
        pace.wait().await;
        assert!((begun.elapsed().as_millis() as i64 - 2000).abs() < 10);
        let free = Pace::new(0);
        free.spend(1_000_000);
        free.wait().await;
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}
