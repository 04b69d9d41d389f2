//! Why destinations take nothing at the moment.

use imaging_domain::AeTitle;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What is wrong with each destination with which something is. All clones are one.
#[derive(Clone, Default)]
pub(super) struct Troubles(Arc<Mutex<BTreeMap<AeTitle, Trouble>>>);

/// What is wrong with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// In the words of the log.
    pub(super) why: String,
    /// When it is tried again, milliseconds since 1970 UTC.
    pub(super) next_ms: i64,
}

impl Troubles {
    fn all(&self) -> MutexGuard<'_, BTreeMap<AeTitle, Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn of(&self, destination: &AeTitle) -> Option<Trouble> {
        self.all().get(destination).cloned()
    }

    pub(super) fn note(&self, destination: &AeTitle, trouble: Trouble) {
        self.all().insert(destination.clone(), trouble);
    }

    pub(super) fn end(&self, destination: &AeTitle) {
        self.all().remove(destination);
    }
}
