//! The hub's end of the change feed.

use crate::{
    error::Error,
    sync::{Batch, Held, MAX_BATCH},
};
use access_control::{Feed, Object, decide};
use audit_log::{AuditLog, Event, What};
use catalog::ChangeFeed;
use imaging_domain::{Principal, SiteId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Takes batches of lines from sites. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    feed: Arc<dyn ChangeFeed>,
    audit: AuditLog,
    clock: fn() -> i64,
    last: Arc<Mutex<HashMap<SiteId, u64>>>,
    arrivals: Arc<Notify>,
}

impl Intake {
    /// An intake into an index.
    pub fn new(feed: Arc<dyn ChangeFeed>, audit: AuditLog, clock: fn() -> i64) -> Self {
        Self { feed, audit, clock, last: Arc::default(), arrivals: Arc::default() }
    }

    /// Applies a batch of a site's own feed and says what is held now. A batch that begins too late or has a gap is not
    /// applied, and the answer tells the site where to begin.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal is not that site, or the batch is longer than [`MAX_BATCH`].
    pub async fn accept(&self, who: &Principal, batch: Batch) -> Result<Held, Error> {
        let Principal::Site(site) = who else { return Err(Error::Refused) };
        let permit = decide::<Feed>(who, Object::Site(site))?;
        if batch.changes.len() > MAX_BATCH {
            return Err(Error::Refused);
        }
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(site.clone(), batch.last);
        let held = if batch.changes.is_empty() {
            self.feed.position(&permit, site).await?
        } else {
            let event = Event::new(What::Store, who).site(site).count(batch.changes.len());
            self.audit.record(event).await?;
            self.arrivals.notify_waiters();
            match self.feed.apply(&permit, site, batch.changes, (self.clock)()).await {
                // a gap inside the batch names a number that follows lines which were not applied either
                Err(catalog::Error::Gap { .. }) => self.feed.position(&permit, site).await?,
                answer => answer?,
            }
        };
        Ok(Held { held })
    }

    /// Notified of every batch that brings lines.
    pub fn arrivals(&self) -> &Notify {
        &self.arrivals
    }

    /// Number of the last line a site said it has written; `None` when it was not heard of since the start.
    pub fn last_written(&self, site: &SiteId) -> Option<u64> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).get(site).copied()
    }
}
