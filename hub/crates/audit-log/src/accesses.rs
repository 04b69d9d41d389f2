//! What somebody is shown of a study in one go is one event: a viewer asks for hundreds of images one after the other, and each would
//! wait for the disk. (PS3.15 A.5.3.6 leaves it to the application how many instances of a study one message covers.)

use crate::{
    error::Error,
    event::{Event, Outcome, What},
    log::{AuditLog, Recorder},
};
use imaging_domain::{Principal, StudyUid};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long instances of a study belong to the event that was written before the first of them.
const ONE_GO: Duration = Duration::from_secs(10);

/// Who does what with which study.
type Access = (Principal, What, StudyUid);

/// Accesses that go on, with how many instances came after their event.
#[derive(Clone, Default)]
pub(crate) struct Accesses(Arc<Mutex<HashMap<Access, u64>>>);

impl Accesses {
    fn open(&self) -> MutexGuard<'_, HashMap<Access, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts further instances; `false` when no event says that they are given.
    fn goes_on(&self, access: &Access, count: u64) -> bool {
        self.open().get_mut(access).map(|more| *more += count).is_some()
    }

    /// Its event is written; `false` when another one was meanwhile, whose end is awaited already.
    fn begins(&self, access: &Access) -> bool {
        let mut open = self.open();
        let is_first = !open.contains_key(access);
        if is_first {
            open.insert(access.clone(), 0);
        }
        is_first
    }

    /// The event of what came after the first, when anything did.
    fn ended(access: Access, more: u64) -> Option<Event> {
        let (who, what, study) = access;
        (more > 0).then(|| Event { count: more, ..Event::new(what, &who).study(&study) })
    }

    /// Ends all of them.
    fn end(&self) -> Vec<Event> {
        self.open().drain().filter_map(|(access, more)| Self::ended(access, more)).collect()
    }
}

impl AuditLog {
    /// Records that instances of a study are given. When it returns, an event survives a power loss that says who is given
    /// what of which study: this one, or one of the last ten seconds. What is given after the event is counted, and an event
    /// with the number is written when the ten seconds are over; a power loss may take that number, never the first event.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn record_access(&self, event: Event) -> Result<(), Error> {
        let Event { outcome: Outcome::Success, study: Some(study), .. } = &event else {
            return self.record(event).await;
        };
        let access = (event.principal.clone(), event.what, study.clone());
        if self.accesses().goes_on(&access, event.count) {
            return self.is_written();
        }
        self.record(event).await?;
        if self.accesses().begins(&access) {
            tokio::spawn(end(self.recorder(), self.accesses().clone(), access));
        }
        Ok(())
    }

    /// Writes down what was counted, before the program ends.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn end_accesses(&self) -> Result<(), Error> {
        self.record_many(self.accesses().end()).await
    }
}

async fn end(recorder: Recorder, accesses: Accesses, access: Access) {
    tokio::time::sleep(ONE_GO).await;
    let more = accesses.open().remove(&access).unwrap_or_default();
    if let (Some(log), Some(event)) = (recorder.log(accesses), Accesses::ended(access, more)) {
        // a log that cannot be written has said so, and nothing is given out any more
        let _ = log.record(event).await;
    }
}
