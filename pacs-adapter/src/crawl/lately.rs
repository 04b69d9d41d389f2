//! The last report, for those who look all the time: of a large archive it takes seconds to count.

use super::{Crawler, told::Told};
use catalog::Error;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};

/// How many times as long as it took to count a report is good.
const REST: u32 = 20;

/// A report, when it was counted, and how long that took.
#[derive(Default)]
pub(super) struct Lately(Mutex<Option<(Told, Instant, Duration)>>);

impl Crawler {
    /// How far it was a moment ago: counting takes at most a twentieth of the time, however many look, and who cannot be told now hears
    /// what was told last.
    ///
    /// # Errors
    /// What the index says before the first report.
    pub async fn told_lately(&self) -> Result<Told, Error> {
        let mut last = self.0.lately.0.lock().await;
        if let Some((told, at, took)) = last.as_ref()
            && at.elapsed() < *took * REST
        {
            return Ok(told.clone());
        }
        let begun = Instant::now();
        match (self.told().await, last.as_mut()) {
            (Ok(told), _) => {
                *last = Some((told.clone(), Instant::now(), begun.elapsed()));
                Ok(told)
            }
            (Err(error), Some((told, at, took))) => {
                tracing::warn!(%error, "how far the crawl is cannot be counted now");
                (*at, *took) = (Instant::now(), begun.elapsed());
                Ok(told.clone())
            }
            (Err(error), None) => Err(error),
        }
    }
}
