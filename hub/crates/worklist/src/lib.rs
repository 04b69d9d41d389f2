//! The region's worklist: steps of work (Unified Procedure Steps, PS3.4 annex CC) that somebody puts on it, somebody takes on
//! and ends, and others are told of.
//!
//! What a step has to have and what may become of it is said without I/O in `creating`, `updating` and `states`; `Worklist` asks
//! the decision, writes the audit event, keeps the step in the index and tells who subscribed. It is *not* HTTP (viewer-api's) and
//! hands out no work by itself. Start reading at [`Worklist`].

mod cancelling;
mod creating;
mod error;
mod events;
mod requirements;
mod searching;
mod states;
mod subscribing;
mod updating;
mod watching;
mod working;

pub use cancelling::Asked;
pub use error::Error;
pub use requirements::{MAX_STEP, UPS_PUSH};
pub use subscribing::Target;
pub use watching::Events;
pub use working::Created;

use access_control::{Action, Object, Permit, Work, decide};
use audit_log::{AuditLog, Event, Outcome, What};
use catalog::{Workitem, Workitems};
use imaging_domain::{Principal, StudyUid, tags};
use std::{fmt, sync::Arc};
use tokio::sync::Mutex;
use watching::Watchers;

/// The use cases of the region's worklist. Cheap to clone; clones tell the same subscribers.
#[derive(Clone)]
pub struct Worklist {
    store: Arc<dyn Workitems>,
    audit: AuditLog,
    clock: fn() -> i64,
    watchers: Watchers,
    /// Who changes a step tells of it before another one does, so that nobody hears of it in another order.
    turn: Arc<Mutex<()>>,
}

impl fmt::Debug for Worklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worklist").finish_non_exhaustive()
    }
}

impl Worklist {
    /// A worklist in an index; `clock` gives milliseconds since 1970 UTC.
    pub fn new(store: Arc<dyn Workitems>, audit: AuditLog, clock: fn() -> i64) -> Self {
        Self { store, audit, clock, watchers: Watchers::default(), turn: Arc::default() }
    }

    /// Whether somebody may put work on the list and change it: asked before anything that it sends is read.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn may_work(&self, who: &Principal) -> Result<(), Error> {
        self.permit::<Work>(who, What::Work).await.map(drop)
    }

    /// Asks the one decision, and writes a refusal down.
    async fn permit<A: Action>(&self, who: &Principal, what: What) -> Result<Permit<A>, Error> {
        match decide::<A>(who, Object::Region) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                self.audit.record(Event::new(what, who).outcome(Outcome::Denied)).await?;
                Err(denied.into())
            }
        }
    }

    /// Writes down what is about to be done with a step.
    async fn note(&self, what: What, who: &Principal, item: &Workitem) -> Result<(), Error> {
        let mut event = Event::new(what, who).count(1);
        event.study = item.attributes.text(tags::STUDY_INSTANCE_UID).and_then(|uid| StudyUid::parse(uid).ok());
        Ok(self.audit.record(event).await?)
    }
}
