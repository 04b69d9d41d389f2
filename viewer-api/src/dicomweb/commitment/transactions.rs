//! Requests for commitment that are being looked into, and results until they are asked for.
//!
//! They are in memory: who asks for a result after a restart, or too late, hears that there is none and asks anew.

use crate::error::Error;
use ::dicomweb::Referenced;
use archive::Error as ArchiveError;
use imaging_domain::{Principal, in_one_line};
use lru::LruCache;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::timeout};

/// Instances of all requests whose results are kept; the longest unasked go first.
const MAX_INSTANCES: usize = 200_000;

/// Who asked, and under which Transaction UID.
pub(super) type Key = (Principal, String);
/// The Failure Reason of each instance that is not kept.
type Failures = Arc<Vec<Option<u16>>>;

/// One request. Nothing is said of one that could not be looked into.
pub(super) struct Transaction {
    pub(super) referenced: Arc<Referenced>,
    said: watch::Receiver<Option<Failures>>,
}

/// The requests. Cheap to clone.
#[derive(Clone)]
pub(in crate::dicomweb) struct Transactions(Arc<Mutex<LruCache<Key, Arc<Transaction>>>>);

impl Default for Transactions {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::unbounded())))
    }
}

impl Transactions {
    fn all(&self) -> MutexGuard<'_, LruCache<Key, Arc<Transaction>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one, which goes on when nobody waits for it. The same request again is the one that is known.
    ///
    /// # Errors
    /// [`Error::Conflict`] when this principal asked for something else under this UID.
    pub(super) fn begin(
        &self,
        key: Key,
        referenced: Arc<Referenced>,
        work: impl Future<Output = Result<Vec<Option<u16>>, ArchiveError>> + Send + 'static,
    ) -> Result<Arc<Transaction>, Error> {
        let mut all = self.all();
        if let Some(known) = all.get(&key) {
            let is_same = known.referenced == referenced;
            return if is_same {
                Ok(Arc::clone(known))
            } else {
                Err(Error::Conflict("this Transaction UID is in use"))
            };
        }
        let (saying, said) = watch::channel(None);
        let transaction = Arc::new(Transaction { referenced, said });
        all.put(key.clone(), Arc::clone(&transaction));
        while all.len() > 1 && all.iter().map(|(_, one)| one.referenced.len()).sum::<usize>() > MAX_INSTANCES {
            all.pop_lru();
        }
        drop(all);
        let this = self.clone();
        tokio::spawn(async move {
            match work.await {
                Ok(failures) => drop(saying.send(Some(Arc::new(failures)))),
                Err(error) => {
                    tracing::warn!(error = in_one_line(&error), "commitment cannot be looked into now");
                    this.all().pop(&key);
                }
            }
        });
        Ok(transaction)
    }

    /// A known one.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Transaction>> {
        self.all().get(key).cloned()
    }
}

impl Transaction {
    /// What was found; `None` when that takes longer.
    ///
    /// # Errors
    /// When it could not be looked into.
    pub(super) async fn failures(&self, patience: Duration) -> Result<Option<Failures>, Error> {
        let mut said = self.said.clone();
        match timeout(patience, said.wait_for(Option::is_some)).await {
            Ok(Ok(said)) => Ok(said.clone()),
            Ok(Err(_)) => Err(ArchiveError::Unavailable.into()),
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{InstanceUid, SopClassUid};
    use std::future::{pending, ready};

    fn referenced(instance: &str) -> Arc<Referenced> {
        let class = SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").unwrap();
        Arc::new(vec![(class, InstanceUid::parse(instance).unwrap())])
    }

    fn key(uid: &str) -> Key {
        (Principal::Machine("one".into()), uid.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_result_that_takes_long_is_asked_for_later() {
        let (all, patience) = (Transactions::default(), Duration::from_secs(10));
        let (end, ended) = tokio::sync::oneshot::channel();
        let work = async { Ok(ended.await.unwrap()) };
        let begun = all.begin(key("1.1"), referenced("1.4"), work).unwrap();
        assert!(begun.failures(patience).await.unwrap().is_none());
        // the same again does not begin anew
        let again = all.begin(key("1.1"), referenced("1.4"), pending()).unwrap();
        end.send(vec![None]).unwrap();
        assert_eq!(again.failures(patience).await.unwrap().unwrap().as_slice(), [None]);
        let known = all.get(&key("1.1")).unwrap();
        assert_eq!(known.failures(patience).await.unwrap().unwrap().as_slice(), [None]);
    }

    #[tokio::test]
    async fn a_uid_stands_for_one_request_of_one_principal() {
        let all = Transactions::default();
        all.begin(key("1.1"), referenced("1.4"), ready(Ok(vec![None]))).unwrap();
        let other = all.begin(key("1.1"), referenced("1.5"), ready(Ok(vec![None])));
        assert!(matches!(other, Err(Error::Conflict(_))));
        let somebody_else = (Principal::Machine("two".into()), "1.1".to_owned());
        assert!(all.get(&somebody_else).is_none());
        all.begin(somebody_else, referenced("1.5"), ready(Ok(vec![None]))).unwrap();
    }

    #[tokio::test]
    async fn what_could_not_be_looked_into_can_be_asked_anew() {
        let (all, patience) = (Transactions::default(), Duration::from_secs(10));
        let begun = all.begin(key("1.1"), referenced("1.4"), ready(Err(ArchiveError::Busy))).unwrap();
        assert!(matches!(begun.failures(patience).await, Err(Error::Archive(ArchiveError::Unavailable))));
        let again = all.begin(key("1.1"), referenced("1.4"), ready(Ok(vec![Some(0x0112)]))).unwrap();
        assert_eq!(again.failures(patience).await.unwrap().unwrap().as_slice(), [Some(0x0112)]);
    }

    #[tokio::test]
    async fn results_that_are_kept_are_bounded() {
        let all = Transactions::default();
        let many = Arc::new(vec![referenced("1.4")[0].clone(); MAX_INSTANCES / 4]);
        for number in 0..10 {
            let done = ready(Ok(vec![None; many.len()]));
            all.begin(key(&format!("1.{number}")), Arc::clone(&many), done).unwrap();
        }
        assert!(all.get(&key("1.0")).is_none() && all.get(&key("1.9")).is_some());
        assert_eq!(all.all().len(), 4);
    }
}
