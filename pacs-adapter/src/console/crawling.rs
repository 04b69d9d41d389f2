//! How far the taking over of an old archive is, and how fast it goes: looked at now and then, because the index knows what is here
//! and not since when.

use crate::crawl::{Crawler, Told};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use viewer_api::Crawl;

/// How often it is looked at while a pass goes on.
const LOOK: Duration = Duration::from_secs(10);
/// Over how many looks the rate is told.
const LOOKS: usize = 18;
/// The shortest time over which there is a rate.
const SHORTEST_MS: i64 = 5_000;
/// The most studies that did not come that are told.
const MAX_LOST: usize = 100;

/// A crawler that is watched. Cheap to clone.
#[derive(Clone)]
pub struct CrawlWatch {
    crawler: Crawler,
    looks: Arc<Mutex<VecDeque<Look>>>,
    clock: fn() -> i64,
}

/// What was here of a pass at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    pass: u64,
    at_ms: i64,
    instances: u64,
}

impl CrawlWatch {
    /// Watches this one.
    pub fn new(crawler: Crawler, clock: fn() -> i64) -> Self {
        Self { crawler, looks: Arc::default(), clock }
    }

    /// Looks now and then, until it is told to stop.
    pub async fn watch(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            match self.crawler.told_lately().await {
                Ok(told) if told.pass > 0 && told.ended_ms.is_none() => self.note(&told),
                Ok(_) => self.looks().clear(),
                Err(error) => tracing::warn!(%error, "how far a crawl is cannot be looked at"),
            }
        }
    }

    fn looks(&self) -> std::sync::MutexGuard<'_, VecDeque<Look>> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, told: &Told) {
        let look = Look { pass: told.pass, at_ms: (self.clock)(), instances: told.instances_arrived };
        let mut looks = self.looks();
        looks.retain(|known| known.pass == look.pass);
        looks.push_back(look);
        let old = looks.len().saturating_sub(LOOKS);
        looks.drain(..old);
    }

    /// For people.
    ///
    /// # Errors
    /// What the index says.
    pub async fn told(&self) -> Result<Crawl, catalog::Error> {
        let told = self.crawler.told_lately().await?;
        let now = Look { pass: told.pass, at_ms: (self.clock)(), instances: told.instances_arrived };
        let rate = told.ended_ms.is_none().then(|| rate(self.looks().front().copied(), now)).flatten();
        Ok(crawl(told, rate))
    }
}

/// Instances in a minute since a look.
fn rate(then: Option<Look>, now: Look) -> Option<f64> {
    let then = then.filter(|then| then.pass == now.pass && now.at_ms - then.at_ms >= SHORTEST_MS)?;
    let more = now.instances.saturating_sub(then.instances) as f64;
    Some(more * 60_000.0 / (now.at_ms - then.at_ms) as f64)
}

fn crawl(told: Told, instances_per_min: Option<f64>) -> Crawl {
    Crawl {
        archive: told.archive,
        pass: told.pass,
        begun_ms: told.begun_ms,
        ended_ms: told.ended_ms,
        rests: told.rests,
        trouble: told.trouble,
        studies_told: told.studies_told,
        studies_arrived: told.studies_arrived,
        instances_told: told.instances_told,
        instances_arrived: told.instances_arrived,
        instances_per_min,
        waiting: told.waiting,
        given_up: told.given_up,
        new: told.new,
        changed: told.changed,
        gone: told.gone,
        windows_waiting: told.windows_waiting,
        windows_cut: told.windows_cut,
        lost: told.lost.into_iter().take(MAX_LOST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_the_same_pass_and_of_some_seconds() {
        let look = |pass, at_ms, instances| Look { pass, at_ms, instances };
        assert_eq!(rate(None, look(1, 10_000, 5)), None);
        assert_eq!(rate(Some(look(1, 0, 100)), look(1, 30_000, 400)), Some(600.0));
        assert_eq!(rate(Some(look(1, 0, 100)), look(1, 4_999, 400)), None);
        assert_eq!(rate(Some(look(1, 0, 100)), look(2, 30_000, 400)), None);
        // what is deleted meanwhile is no speed
        assert_eq!(rate(Some(look(1, 0, 100)), look(1, 30_000, 50)), Some(0.0));
    }
}
