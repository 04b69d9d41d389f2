//! Who waits for whom. Reading back is work for the disk; a report waits for its peer, and for no other.

use imaging_domain::AeTitle;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Transactions whose instances are read back at once.
const READ_AT_ONCE: usize = 4;
/// Reports that one peer is given at once.
const TOLD_AT_ONCE: usize = 2;

/// Held while it is somebody's turn.
pub(super) struct Turns {
    reading: Semaphore,
    telling: Mutex<HashMap<AeTitle, Arc<Semaphore>>>,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { reading: Semaphore::new(READ_AT_ONCE), telling: Mutex::default() }
    }

    /// To read instances back.
    pub(super) async fn to_read(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.reading.acquire().await
    }

    /// To tell a peer: one that does not answer holds up its own reports alone.
    pub(super) async fn to_tell(&self, ae: &AeTitle) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.of(ae).acquire_owned().await
    }

    /// That of a peer; those that nobody waits for go.
    fn of(&self, ae: &AeTitle) -> Arc<Semaphore> {
        let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        telling.retain(|title, turns| title == ae || Arc::strong_count(turns) > 1);
        Arc::clone(telling.entry(ae.clone()).or_insert_with(|| Arc::new(Semaphore::new(TOLD_AT_ONCE))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn a_peer_that_does_not_answer_holds_up_its_own_reports_alone() {
        let turns = Turns::new();
        let [dead, other] = ["DEAD", "OTHER"].map(|title| AeTitle::parse(title).unwrap());
        let first = turns.to_tell(&dead).await.unwrap();
        let _second = turns.to_tell(&dead).await.unwrap();
        assert!(turns.to_tell(&dead).now_or_never().is_none());
        assert!(turns.to_tell(&other).now_or_never().is_some());
        assert!(turns.to_read().now_or_never().is_some());
        drop(first);
        assert!(turns.to_tell(&dead).now_or_never().is_some());
        assert_eq!(turns.telling.lock().unwrap().len(), 1, "nobody waits for the other");
    }
}
