//! Which instances came of the studies that somebody fetches.

use archive::Outcome;
use imaging_domain::{InstanceUid, StudyUid};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Studies = HashMap<StudyUid, HashSet<InstanceUid>>;

/// Instances of awaited studies that were acknowledged, whatever the hospital's rules did with them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<Studies>>);

/// A study that is awaited, by one at a time, as long as this lives.
pub struct Awaited {
    arrivals: Arrivals,
    study: StudyUid,
}

impl Arrivals {
    /// Awaits what comes of a study from now on.
    pub fn awaited(&self, study: &StudyUid) -> Awaited {
        self.studies().insert(study.clone(), HashSet::new());
        Awaited { arrivals: self.clone(), study: study.clone() }
    }

    /// Notes what came. What is kept aside because another one has its identifier did not come in its place.
    pub(super) fn came(&self, study: &StudyUid, uid: &InstanceUid, outcome: &Outcome) {
        if !matches!(outcome.plain(), Outcome::Conflict(_))
            && let Some(came) = self.studies().get_mut(study)
        {
            came.insert(uid.clone());
        }
    }

    fn studies(&self) -> MutexGuard<'_, Studies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Awaited {
    /// How many came.
    pub fn count(&self) -> u64 {
        self.arrivals.studies().get(&self.study).map_or(0, |came| came.len() as u64)
    }

    /// What came.
    pub fn came(&self) -> HashSet<InstanceUid> {
        self.arrivals.studies().get(&self.study).cloned().unwrap_or_default()
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.arrivals.studies().remove(&self.study);
    }
}
