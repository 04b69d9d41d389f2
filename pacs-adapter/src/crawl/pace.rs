//! Not more in a second than was said.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// A rate that all who fetch share, over studies: one comes as fast as the PACS gives it, and the next begins when all before it
/// are paid for.
pub(super) struct Pace {
    per_s: u32,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_s: u32) -> Self {
        Self { per_s, next: Mutex::new(None) }
    }

    /// Waits until what others began before is paid for; so many instances are paid for from then on.
    pub(super) async fn turn(&self, instances: u64) {
        if let Some(begins) = self.spend(instances) {
            tokio::time::sleep_until(begins).await;
        }
    }

    /// Has so many more paid for; gives when that begins.
    pub(super) fn spend(&self, instances: u64) -> Option<Instant> {
        if self.per_s == 0 {
            return None;
        }
        let cost = Duration::from_secs_f64(instances as f64 / f64::from(self.per_s));
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let from = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
        *next = Some(from + cost);
        Some(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_was_fetched_is_paid_for() {
        let (begun, pace) = (Instant::now(), Pace::new(10));
        // two who begin at the same time do not fetch at the same time
        tokio::join!(pace.turn(5), async {
            pace.turn(10).await;
            assert!((begun.elapsed().as_millis() as i64 - 500).abs() < 10);
        });
        pace.spend(5);
        pace.turn(1).await;
        assert!((begun.elapsed().as_millis() as i64 - 2000).abs() < 10);
        let free = Pace::new(0);
        free.turn(1_000_000).await;
        free.turn(1).await;
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}
