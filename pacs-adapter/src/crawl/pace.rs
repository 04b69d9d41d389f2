//! Not more in a second than was said.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long who waits sleeps before looking again: what was expected may not have come.
const LOOK: Duration = Duration::from_secs(1);
/// The most instances that are paid for at once, whatever an archive says it has.
const MOST: u64 = 1_000_000;

/// A rate that all who fetch share, over studies: one comes as fast as the PACS gives it, and the next begins when all before it
/// are paid for.
pub(super) struct Pace {
    per_s: u32,
    /// When everything is paid for.
    paid: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(per_s: u32) -> Self {
        Self { per_s, paid: Mutex::new(Instant::now()) }
    }

    /// Waits until what others began before is paid for; so many instances are to be paid for from then on.
    pub(super) async fn turn(&self, instances: u64) {
        while let Some(paid) = self.try_turn(instances) {
            tokio::time::sleep_until(paid.min(Instant::now() + LOOK)).await;
        }
    }

    /// Until when it has to wait.
    fn try_turn(&self, instances: u64) -> Option<Instant> {
        let (mut paid, now) = (self.paid(), Instant::now());
        if self.per_s > 0 && *paid > now {
            return Some(*paid);
        }
        *paid = now + self.cost(instances);
        None
    }

    /// So many came where others were expected: the rest is given back, or paid for too.
    pub(super) fn settle(&self, expected: u64, came: u64) {
        let mut paid = self.paid();
        let more = *paid + self.cost(came);
        *paid = more.checked_sub(self.cost(expected)).unwrap_or(more);
    }

    fn cost(&self, instances: u64) -> Duration {
        match self.per_s {
            0 => Duration::ZERO,
            per_s => Duration::from_secs_f64(instances.min(MOST) as f64 / f64::from(per_s)),
        }
    }

    fn paid(&self) -> MutexGuard<'_, Instant> {
        self.paid.lock().unwrap_or_else(PoisonError::into_inner)
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
        pace.settle(10, 15);
        pace.turn(1).await;
        assert!((begun.elapsed().as_millis() as i64 - 2000).abs() < 10);
        let free = Pace::new(0);
        free.turn(1_000_000).await;
        free.turn(1).await;
        assert!(begun.elapsed() < Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn what_did_not_come_is_not_paid_for() {
        let (begun, pace) = (Instant::now(), Pace::new(1));
        pace.turn(u64::MAX).await;
        tokio::join!(pace.turn(1), async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            pace.settle(u64::MAX, 2);
        });
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(3) && waited < Duration::from_secs(6), "{waited:?}");
    }
}
