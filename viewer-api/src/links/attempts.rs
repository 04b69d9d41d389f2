//! How many may try to open links: so many wrong attempts a minute from one address, and so many from everywhere.

use crate::budget::Budget;
use std::net::{IpAddr, Ipv4Addr};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Attempts a minute from one address that may be wrong: patients of a whole ward may share one.
const BY_ADDRESS: u32 = 60;
/// Attempts a minute from everywhere together that may be wrong.
const OVERALL: u32 = 600;
/// PINs looked at once: each takes the memory of one Argon2id run.
const CHECKS_AT_ONCE: usize = 4;

/// The budgets. What each link bears in its life is counted in the index.
pub(super) struct Attempts {
    by_address: Budget,
    overall: Budget,
    checks: Semaphore,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_address: Budget::of(BY_ADDRESS),
            overall: Budget::of(OVERALL),
            checks: Semaphore::new(CHECKS_AT_ONCE),
        }
    }
}

impl Attempts {
    /// Takes one attempt; `Err` says after how many seconds there is another.
    pub(super) fn take(&self, addr: Option<IpAddr>, now_ms: i64) -> Result<(), u64> {
        self.by_address.take(addr, now_ms)?;
        self.overall.take(EVERYBODY, now_ms).inspect_err(|_| self.by_address.give_back(addr))
    }

    /// Gives back the attempt that succeeded.
    pub(super) fn give_back(&self, addr: Option<IpAddr>) {
        self.by_address.give_back(addr);
        self.overall.give_back(EVERYBODY);
    }

    /// Waits for a turn to have a PIN looked at; `None` never, as nobody closes the semaphore.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.checks.acquire().await.ok()
    }
}

/// In place of an address.
const EVERYBODY: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_together_has_a_budget_too() {
        let attempts = Attempts::default();
        let addr = |n: u32| Some(IpAddr::V4(Ipv4Addr::from_bits(n)));
        for n in 1..=OVERALL {
            attempts.take(addr(n), 0).unwrap();
        }
        assert!(attempts.take(addr(OVERALL + 1), 0).is_err());
        attempts.give_back(addr(1));
        assert_eq!(attempts.take(addr(OVERALL + 1), 0), Ok(()));
    }
}
