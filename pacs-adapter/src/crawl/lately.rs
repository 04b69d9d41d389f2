//! The last report, for those who look all the time: of a large archive it takes seconds to count.

use super::{Crawler, told::Told};
use catalog::Error;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How many times as long as it took to count a report is good.
const REST: u32 = 20;
/// What counts faster than this is waited for.
const SHORT: Duration = Duration::from_millis(200);

/// The last report.
#[derive(Default)]
pub(super) struct Lately {
    last: Mutex<Option<Last>>,
    /// Whose turn it is to count.
    counting: Arc<tokio::sync::Mutex<()>>,
}

/// A report, when it was counted, and how long that took.
#[derive(Clone)]
struct Last {
    told: Told,
    at: Instant,
    took: Duration,
}

impl Lately {
    fn last(&self) -> Option<Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, last: Last) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }
}

impl Crawler {
    /// How far it was a moment ago: counting takes at most a twentieth of the time, however many look, and what takes long is counted
    /// while they hear what was told last.
    ///
    /// # Errors
    /// What the index says before the first report.
    pub async fn told_lately(&self) -> Result<Told, Error> {
        let lately = &self.0.lately;
        if let Some(Last { told, at, took }) = lately.last() {
            if at.elapsed() < took * REST {
                return Ok(told);
            }
            if took > SHORT {
                if let Ok(turn) = Arc::clone(&lately.counting).try_lock_owned() {
                    let this = self.clone();
                    tokio::spawn(async move {
                        let counted = this.count().await;
                        drop(turn);
                        if let Err(error) = counted {
                            tracing::warn!(%error, "how far the crawl is cannot be counted now");
                        }
                    });
                }
                return Ok(told);
            }
        }
        let _turn = lately.counting.lock().await;
        self.count().await
    }

    async fn count(&self) -> Result<Told, Error> {
        let begun = Instant::now();
        let told = self.told().await?;
        self.0.lately.put(Last { told: told.clone(), at: Instant::now(), took: begun.elapsed() });
        Ok(told)
    }
}
