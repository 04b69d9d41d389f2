//! The latest failures, in memory for whoever looks and in the index for after a restart.

use access_control::{Object, decide};
use catalog::{Error, Failed, Failures as Kept, MAX_FAILURES};
use imaging_domain::Principal;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use viewer_api::Failure;

const WHO: Principal = Principal::Service("notes");

/// What went wrong, the same failure of the same sender once.
pub struct Failures {
    kept: Arc<dyn Kept>,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    /// The latest first.
    failures: VecDeque<Failure>,
    /// Whether those of before the start are among them.
    loaded: bool,
    /// Whether they changed since they were written.
    unwritten: bool,
}

impl Failures {
    /// Failures that are kept there. [`load`](Self::load) finds those of before.
    pub(super) fn of(kept: Arc<dyn Kept>) -> Self {
        Self { kept, pages: Mutex::default() }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds those of before the start.
    ///
    /// # Errors
    /// What the index says.
    pub async fn load(&self) -> Result<(), Error> {
        if self.pages().loaded {
            return Ok(());
        }
        let permit = decide(&WHO, Object::Region).map_err(|_| Error::Invalid("notes may not look"))?;
        let kept = self.kept.failures(&permit).await?;
        let mut pages = self.pages();
        if !std::mem::replace(&mut pages.loaded, true) {
            for failed in kept {
                pages.recall(told(failed));
            }
        }
        Ok(())
    }

    /// Notes one.
    pub(super) fn add(&self, failure: Failure) {
        let mut pages = self.pages();
        pages.add(failure);
        pages.unwritten = true;
    }

    /// The latest first.
    pub fn list(&self) -> Vec<Failure> {
        self.pages().failures.iter().cloned().collect()
    }

    /// Writes them down when they changed since the last time.
    ///
    /// # Errors
    /// What the index says; the next time may do better.
    pub async fn write(&self) -> Result<(), Error> {
        self.load().await?;
        if !std::mem::take(&mut self.pages().unwritten) {
            return Ok(());
        }
        let permit = decide(&WHO, Object::Region).map_err(|_| Error::Invalid("notes may not be kept"))?;
        let written = self.kept.put_failures(&permit, self.list().into_iter().map(kept).collect()).await;
        if written.is_err() {
            self.pages().unwritten = true;
        }
        written
    }
}

impl Pages {
    fn position(&self, failure: &Failure) -> Option<usize> {
        let same = |known: &Failure| {
            (&known.sender, &known.why, &known.detail) == (&failure.sender, &failure.why, &failure.detail)
        };
        self.failures.iter().position(same)
    }

    fn add(&mut self, mut failure: Failure) {
        if let Some(known) = self.position(&failure).and_then(|at| self.failures.remove(at)) {
            failure.times += known.times;
        }
        self.failures.push_front(failure);
        self.failures.truncate(MAX_FAILURES);
    }

    /// One of before; what happened since then stands before it.
    fn recall(&mut self, failure: Failure) {
        match self.position(&failure) {
            Some(at) => self.failures[at].times += failure.times,
            None => self.failures.push_back(failure),
        }
        self.failures.truncate(MAX_FAILURES);
    }
}

fn told(failed: Failed) -> Failure {
    let Failed { sender, why, detail, times, last_ms } = failed;
    Failure { last_ms, times, sender, why, detail }
}

fn kept(failure: Failure) -> Failed {
    let Failure { last_ms, times, sender, why, detail } = failure;
    Failed { sender, why, detail, times, last_ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::{Config, Sqlite};

    fn failure(sender: &str, detail: &str, last_ms: i64) -> Failure {
        let (sender, why, detail) = (sender.to_owned(), "own".to_owned(), detail.to_owned());
        Failure { last_ms, times: 1, sender, why, detail }
    }

    #[tokio::test]
    async fn the_same_failure_is_one_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { path: dir.path().join("index.sqlite"), readers: 1 };
        let open = || Failures::of(Arc::new(Sqlite::open(&config).unwrap()));
        let failures = open();
        for last_ms in 1..=3 {
            failures.add(failure("CT1", "full", last_ms));
        }
        failures.write().await.unwrap();
        drop(failures);
        let failures = open();
        // before those of before are known
        failures.add(failure("CT2", "full", 4));
        failures.add(failure("CT1", "full", 5));
        failures.load().await.unwrap();
        failures.load().await.unwrap();
        let told = |failures: &Failures| {
            failures.list().into_iter().map(|failure| (failure.sender, failure.times)).collect::<Vec<_>>()
        };
        assert_eq!(told(&failures), [("CT1".to_owned(), 4), ("CT2".to_owned(), 1)]);
        failures.write().await.unwrap();
        let failures = open();
        failures.load().await.unwrap();
        assert_eq!(told(&failures), [("CT1".to_owned(), 4), ("CT2".to_owned(), 1)]);
        for number in 0..2 * MAX_FAILURES {
            failures.add(failure("CT1", &number.to_string(), 6));
        }
        assert_eq!(failures.list().len(), MAX_FAILURES);
    }
}
