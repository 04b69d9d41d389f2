//! What is known of a transaction that has not ended.

use super::{transaction::Transaction, unreported::Vain};
use crate::services::Outbox;
use imaging_domain::AeTitle;
use std::sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicBool};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// One that is not ended.
pub(super) struct Open {
    /// Who is told.
    pub(super) ae: AeTitle,
    /// When it came, milliseconds since 1970 UTC.
    pub(super) asked_ms: i64,
    /// What came of the last report, when one was sent in vain.
    pub(super) vain: Mutex<Option<Vain>>,
    /// Whether its instances were read back.
    pub(super) is_looked_at: AtomicBool,
    /// Wakes the one who looks after it.
    pub(super) woken: Notify,
    /// Tells the same that nobody is to be told any more.
    pub(super) forgotten: CancellationToken,
    /// Where it was asked for last, until a report was sent there.
    pub(super) outbox: Mutex<Option<Outbox>>,
}

impl Open {
    pub(super) fn of(transaction: &Transaction) -> Self {
        let Transaction { ae, asked_ms, attempts, last_failure, given_up, failures, .. } = transaction;
        let vain = (*attempts > 0).then(|| Vain { why: last_failure.clone(), given_up: *given_up });
        let (vain, outbox) = (Mutex::new(vain), Mutex::default());
        let (woken, forgotten) = (Notify::new(), CancellationToken::new());
        let is_looked_at = AtomicBool::new(failures.is_some());
        Self { ae: ae.clone(), asked_ms: *asked_ms, vain, is_looked_at, woken, forgotten, outbox }
    }

    /// Whether its report is tried no more.
    pub(super) fn is_given_up(&self) -> bool {
        locked(&self.vain).as_ref().is_some_and(|vain| vain.given_up)
    }

    #[cfg(test)]
    pub(super) fn example(ae: AeTitle, asked_ms: i64, given_up: bool) -> Self {
        let (uid, instances, last_failure) = (String::new(), vec![], String::new());
        let attempts = u32::from(given_up);
        Self::of(&Transaction { ae, uid, instances, asked_ms, failures: None, attempts, last_failure, given_up })
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
