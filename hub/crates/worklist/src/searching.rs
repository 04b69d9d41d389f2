//! Finding steps, and forgetting them.

use crate::{Worklist, error::Error};
use access_control::{Object, View, Work, decide};
use audit_log::{Event, What};
use catalog::{WorkitemPart, is_match};
use dicomweb::parse_worklist_search;
use imaging_domain::{DataSet, Principal, Query};

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Steps that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: usize = 500;

impl Worklist {
    /// Steps that match, in the order they came, from a place on (PS3.4 CC.2.8). A part may be empty and not the last. What is given of
    /// them is [written down](Self::given) first.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn search(&self, who: &Principal, query: &Query, from: Option<i64>) -> Result<WorkitemPart, Error> {
        let permit = self.permit::<View>(who, What::Query).await?;
        Ok(self.store.workitems(&permit, query, from).await?)
    }

    /// Writes down that somebody is given so many steps that were found.
    ///
    /// # Errors
    /// When it cannot be: nothing is to be given then.
    pub async fn given(&self, who: &Principal, count: usize) -> Result<(), Error> {
        Ok(self.audit.record(Event::new(What::Query, who).count(count)).await?)
    }

    /// Forgets steps that ended so many days ago and have no deletion lock. Answers how many.
    ///
    /// # Errors
    /// What the index says.
    pub async fn forget(&self, after_days: u32) -> Result<usize, Error> {
        let permit = decide::<Work>(&Principal::Service("worklist"), Object::Region)?;
        let before_ms = (self.clock)() - i64::from(after_days) * DAY_MS;
        let mut forgotten = 0;
        loop {
            let some = self.store.forget_workitems(&permit, before_ms, FORGOTTEN_AT_ONCE).await?;
            forgotten += some;
            if some < FORGOTTEN_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}

/// Whether a step is one that somebody subscribed to by a filter; by none, every step is.
pub(crate) fn is_wanted(filter: Option<&str>, attributes: &DataSet) -> bool {
    let Some(filter) = filter else { return true };
    // it was read before it was kept
    parse_worklist_search(filter).is_ok_and(|(query, _)| is_match(&query, attributes))
}
