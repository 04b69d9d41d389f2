//! Work that nobody waits for gives way to what arrives.

use std::{pin::Pin, time::Duration};
use tokio::{
    sync::{Mutex, Notify, futures::Notified},
    time::timeout,
};

/// How long nothing may have arrived before it goes on, after something did.
const STILL: Duration = Duration::from_millis(200);
/// How long what will be asked for soon waits for that.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches what arrives, which is notified.
pub(crate) struct GiveWay<'a> {
    arrivals: &'a Notify,
    /// The next arrival after the last pause.
    next: Mutex<Pin<Box<Notified<'a>>>>,
}

impl<'a> GiveWay<'a> {
    pub(crate) fn to(arrivals: &'a Notify) -> Self {
        Self { arrivals, next: Mutex::new(next(arrivals)) }
    }

    /// Until it is still, when something arrived since the last pause.
    pub(crate) async fn pause(&self) {
        let mut arrival = self.next.lock().await;
        if !arrival.as_mut().enable() {
            return;
        }
        while timeout(STILL, self.arrivals.notified()).await.is_ok() {}
        *arrival = next(self.arrivals);
    }

    /// The same, but soon in any case.
    pub(crate) async fn short_pause(&self) {
        // cut off, it has another one before the next piece of work
        let _ = timeout(PATIENCE, self.pause()).await;
    }
}

fn next(arrivals: &Notify) -> Pin<Box<Notified<'_>>> {
    let mut next = Box::pin(arrivals.notified());
    next.as_mut().enable();
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    #[tokio::test(start_paused = true)]
    async fn work_goes_on_at_once_while_nothing_arrives() {
        let arrivals = Notify::new();
        let (gives_way, begun) = (GiveWay::to(&arrivals), Instant::now());
        gives_way.pause().await;
        gives_way.short_pause().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn work_waits_until_it_is_still_or_has_waited_long_enough() {
        let arrivals = Notify::new();
        let gives_way = GiveWay::to(&arrivals);
        let arriving = async {
            for _ in 0..30 {
                arrivals.notify_waiters();
                sleep(Duration::from_millis(100)).await;
            }
        };
        let working = async {
            let begun = Instant::now();
            gives_way.short_pause().await;
            let first = begun.elapsed();
            gives_way.pause().await;
            (first, begun.elapsed())
        };
        arrivals.notify_waiters();
        let ((), (short, long)) = tokio::join!(arriving, working);
        assert_eq!(short, PATIENCE);
        assert_eq!(long, Duration::from_millis(2900) + STILL);
    }
}
