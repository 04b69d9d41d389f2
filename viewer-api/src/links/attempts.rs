//! How many may try to open links: so many wrong attempts a minute from one address, from its network, and from everywhere.

use crate::budget::Budget;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Attempts a minute from one address that may be wrong: patients of a whole ward may share one.
const BY_ADDRESS: u32 = 60;
/// Attempts a minute from one network that may be wrong: 256 addresses of IPv4, one site of IPv6 (a /48, RFC 6177).
const BY_NETWORK: u32 = 180;
/// Attempts a minute from everywhere together that may be wrong.
const OVERALL: u32 = 600;
/// PINs looked at once: each takes the memory of one Argon2id run.
const CHECKS_AT_ONCE: usize = 4;

/// The budgets. What each link bears in its life is counted in the index.
pub(super) struct Attempts {
    by_address: Budget,
    by_network: Budget,
    overall: Budget,
    checks: Semaphore,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_address: Budget::of(BY_ADDRESS),
            by_network: Budget::of(BY_NETWORK),
            overall: Budget::of(OVERALL),
            checks: Semaphore::new(CHECKS_AT_ONCE),
        }
    }
}

impl Attempts {
    /// Takes one attempt; `Err` says after how many seconds there is another.
    pub(super) fn take(&self, addr: Option<IpAddr>, now_ms: i64) -> Result<(), u64> {
        self.by_address.take(addr, now_ms)?;
        self.by_network.take(network(addr), now_ms).inspect_err(|_| self.by_address.give_back(addr))?;
        self.overall.take(EVERYBODY, now_ms).inspect_err(|_| {
            self.by_network.give_back(network(addr));
            self.by_address.give_back(addr);
        })
    }

    /// Gives back the attempt that succeeded.
    pub(super) fn give_back(&self, addr: Option<IpAddr>) {
        self.by_address.give_back(addr);
        self.by_network.give_back(network(addr));
        self.overall.give_back(EVERYBODY);
    }

    /// Waits for a turn to have a PIN looked at; `None` never, as nobody closes the semaphore.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.checks.acquire().await.ok()
    }
}

/// The first address of the network that an address is of.
fn network(addr: Option<IpAddr>) -> Option<IpAddr> {
    addr.map(|addr| match addr.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
    })
}

/// In place of an address.
const EVERYBODY: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_together_has_a_budget_too() {
        let attempts = Attempts::default();
        let addr = |n: u32| Some(IpAddr::V4(Ipv4Addr::from_bits(n << 8)));
        for n in 1..=OVERALL {
            attempts.take(addr(n), 0).unwrap();
        }
        assert!(attempts.take(addr(OVERALL + 1), 0).is_err());
        attempts.give_back(addr(1));
        assert_eq!(attempts.take(addr(OVERALL + 1), 0), Ok(()));
    }

    #[test]
    fn a_network_has_one_budget_however_many_addresses_it_tries() {
        let attempts = Attempts::default();
        for (most, first, elsewhere) in [("v4", "203.0.113.0", "203.0.114.1"), ("v6", "2001:db8:1::", "2001:db8:2::1")]
        {
            let first: IpAddr = first.parse().unwrap();
            let nth = |n: u32| match first {
                IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() + n)),
                IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() + (u128::from(n) << 64))),
            };
            for n in 0..BY_NETWORK {
                attempts.take(Some(nth(n)), 0).unwrap();
            }
            assert!(attempts.take(Some(nth(BY_NETWORK)), 0).is_err(), "{most}");
            assert_eq!(attempts.take(Some(elsewhere.parse().unwrap()), 0), Ok(()), "{most}");
        }
    }
}
