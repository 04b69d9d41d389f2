//! Requests for commitment that are being looked into, and results until they are asked for.
//!
//! They are in memory: who asks for a result after a restart, or too late, hears that there is none and asks anew.

use crate::error::Error;
use ::dicomweb::{MAX_COMMITTED, Reference, Referenced};
use archive::Error as ArchiveError;
use imaging_domain::{Principal, in_one_line};
use lru::LruCache;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

/// Requests that are known, and instances of all of them; the longest unasked results go first.
const MAX_KNOWN: usize = 1000;
const MAX_INSTANCES: usize = 200_000;
/// Requests that are looked into at once: each reads the disk as fast as it can.
const AT_ONCE: usize = 2;

/// Who asked, and under which Transaction UID.
pub(super) type Key = (Principal, String);
/// What was found, with the Failure Reason of what is not kept.
type Found = Vec<(Reference, Option<u16>)>;

/// One request. Nothing is said of one that could not be looked into.
pub(super) struct Transaction {
    pub(super) referenced: Arc<Referenced>,
    said: watch::Receiver<Option<Arc<Found>>>,
}

/// The requests. Cheap to clone.
#[derive(Clone)]
pub(in crate::dicomweb) struct Transactions {
    known: Arc<Mutex<LruCache<Key, Arc<Transaction>>>>,
    places: Arc<Semaphore>,
}

impl Default for Transactions {
    fn default() -> Self {
        Self { known: Arc::new(Mutex::new(LruCache::unbounded())), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Transactions {
    fn known(&self) -> MutexGuard<'_, LruCache<Key, Arc<Transaction>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one, which goes on when nobody waits for it. The same request while it is looked into is that one; afterwards it is
    /// looked into anew, for what is on the disk may have changed.
    ///
    /// # Errors
    /// [`Error::Conflict`] when this principal asked for something else under this UID; [`ArchiveError::Busy`] when there are
    /// too many.
    pub(super) fn begin(
        &self,
        key: Key,
        referenced: Arc<Referenced>,
        work: impl Future<Output = Result<Found, ArchiveError>> + Send + 'static,
    ) -> Result<Arc<Transaction>, Error> {
        let mut known = self.known();
        if let Some(there) = known.get(&key) {
            if there.referenced != referenced {
                return Err(Error::Conflict("this Transaction UID is in use"));
            }
            if there.is_running() {
                return Ok(Arc::clone(there));
            }
            known.pop(&key);
        }
        make_room(&mut known, weight(&referenced))?;
        let (saying, said) = watch::channel(None);
        let transaction = Arc::new(Transaction { referenced, said });
        known.put(key, Arc::clone(&transaction));
        let places = Arc::clone(&self.places);
        tokio::spawn(async move {
            let Ok(_place) = places.acquire().await else { return };
            match work.await {
                Ok(found) => drop(saying.send(Some(Arc::new(found)))),
                Err(error) => tracing::warn!(error = in_one_line(&error), "commitment cannot be looked into now"),
            }
        });
        Ok(transaction)
    }

    /// A known one.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Transaction>> {
        self.known().get(key).cloned()
    }
}

/// How many instances a request may be about: of whole studies nobody knows before.
fn weight(referenced: &Referenced) -> usize {
    let is_whole = |one: &Reference| matches!(one, Reference::Study(_) | Reference::Series(..));
    if referenced.iter().any(is_whole) { MAX_COMMITTED } else { referenced.len() }
}

/// Room for one more request of so many instances.
fn make_room(known: &mut LruCache<Key, Arc<Transaction>>, instances: usize) -> Result<(), Error> {
    while known.len() >= MAX_KNOWN
        || known.iter().map(|(_, one)| weight(&one.referenced)).sum::<usize>() + instances > MAX_INSTANCES
    {
        let ended = known.iter().rev().find(|(_, one)| !one.is_running()).map(|(key, _)| key.clone());
        known.pop(&ended.ok_or(ArchiveError::Busy)?);
    }
    Ok(())
}

impl Transaction {
    fn is_running(&self) -> bool {
        self.said.borrow().is_none() && self.said.has_changed().is_ok()
    }

    /// What was found; `None` when that takes longer.
    ///
    /// # Errors
    /// When it could not be looked into.
    pub(super) async fn found(&self, patience: Duration) -> Result<Option<Arc<Found>>, Error> {
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
        Arc::new(vec![Reference::Instance((class, InstanceUid::parse(instance).unwrap()))])
    }

    fn found(failure: Option<u16>) -> Found {
        vec![(referenced("1.4")[0].clone(), failure)]
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
        assert!(begun.found(patience).await.unwrap().is_none());
        // the same again does not begin anew
        let again = all.begin(key("1.1"), referenced("1.4"), pending()).unwrap();
        end.send(found(None)).unwrap();
        assert_eq!(again.found(patience).await.unwrap().unwrap().as_slice(), found(None));
        let known = all.get(&key("1.1")).unwrap();
        assert_eq!(known.found(patience).await.unwrap().unwrap().as_slice(), found(None));
    }

    #[tokio::test]
    async fn a_uid_stands_for_one_request_of_one_principal() {
        let all = Transactions::default();
        all.begin(key("1.1"), referenced("1.4"), ready(Ok(found(None)))).unwrap();
        let other = all.begin(key("1.1"), referenced("1.5"), ready(Ok(found(None))));
        assert!(matches!(other, Err(Error::Conflict(_))));
        let somebody_else = (Principal::Machine("two".into()), "1.1".to_owned());
        assert!(all.get(&somebody_else).is_none());
        all.begin(somebody_else, referenced("1.5"), ready(Ok(found(None)))).unwrap();
    }

    #[tokio::test]
    async fn what_ended_is_looked_into_anew() {
        let (all, patience) = (Transactions::default(), Duration::from_secs(10));
        let begun = all.begin(key("1.1"), referenced("1.4"), ready(Err(ArchiveError::Busy))).unwrap();
        assert!(matches!(begun.found(patience).await, Err(Error::Archive(ArchiveError::Unavailable))));
        for failure in [Some(0x0112), None] {
            let again = all.begin(key("1.1"), referenced("1.4"), ready(Ok(found(failure)))).unwrap();
            assert_eq!(again.found(patience).await.unwrap().unwrap().as_slice(), found(failure));
        }
        let dies = async { panic!("on purpose") };
        assert!(all.begin(key("1.1"), referenced("1.4"), dies).unwrap().found(patience).await.is_err());
        let again = all.begin(key("1.1"), referenced("1.4"), ready(Ok(found(None)))).unwrap();
        assert_eq!(again.found(patience).await.unwrap().unwrap().as_slice(), found(None));
    }

    #[tokio::test]
    async fn what_is_known_is_bounded() {
        let (all, patience) = (Transactions::default(), Duration::from_secs(10));
        let many = Arc::new(vec![referenced("1.4")[0].clone(); MAX_INSTANCES / 4]);
        for number in 0..10 {
            let done = ready(Ok(found(None)));
            let begun = all.begin(key(&format!("1.{number}")), Arc::clone(&many), done).unwrap();
            begun.found(patience).await.unwrap();
        }
        assert!(all.get(&key("1.0")).is_none() && all.get(&key("1.9")).is_some());
        assert_eq!(all.known().len(), 4);
        for number in 0..MAX_KNOWN {
            all.begin(key(&format!("2.{number}")), referenced("1.4"), pending()).unwrap();
        }
        assert_eq!(all.known().len(), MAX_KNOWN, "results went, for what is being looked into");
        let more = all.begin(key("3.1"), referenced("1.4"), pending());
        assert!(matches!(more, Err(Error::Archive(ArchiveError::Busy))), "and then there is no room");
    }
}
