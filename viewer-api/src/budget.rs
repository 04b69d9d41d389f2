//! How often somebody may fail to prove who it is: so many times a minute from one address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Failures from one address in one window.
pub(crate) const MAX_FAILURES: u32 = 10;
/// A window, from its first failure.
pub(crate) const WINDOW_MS: i64 = 60_000;
/// Addresses remembered; beyond that the one that failed longest ago is forgotten. About 300 KB.
const MAX_ADDRESSES: usize = 4096;

/// The budget. An attempt is taken before it is made, so that a thousand at once are still a thousand attempts.
pub(crate) struct Budget {
    most: u32,
    windows: Mutex<HashMap<IpAddr, Window>>,
}

struct Window {
    began_ms: i64,
    taken: u32,
}

impl Window {
    /// A clock that was set back ends the window too, or it would stay shut until the clock catches up.
    fn holds(&self, now_ms: i64) -> bool {
        (0..WINDOW_MS).contains(&now_ms.saturating_sub(self.began_ms))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MAX_FAILURES)
    }
}

impl Budget {
    /// A budget of so many failures in one window.
    pub(crate) fn of(most: u32) -> Self {
        Self { most, windows: Mutex::default() }
    }

    /// Takes one attempt; `Err` says after how many seconds there is another.
    pub(crate) fn take(&self, addr: Option<IpAddr>, now_ms: i64) -> Result<(), u64> {
        let mut windows = self.lock();
        let addr = network(addr);
        if !windows.contains_key(&addr) {
            make_room(&mut windows, now_ms);
        }
        let window = windows.entry(addr).or_insert(Window { began_ms: now_ms, taken: 0 });
        if !window.holds(now_ms) {
            *window = Window { began_ms: now_ms, taken: 0 };
        }
        if window.taken >= self.most {
            let left_ms = window.began_ms.saturating_add(WINDOW_MS).saturating_sub(now_ms);
            return Err(u64::try_from(left_ms).unwrap_or(0).div_ceil(1000).max(1));
        }
        window.taken += 1;
        Ok(())
    }

    /// Gives back the attempt that succeeded. Earlier failures stay: whoever has one account may not use it to guess
    /// the passwords of others.
    pub(crate) fn give_back(&self, addr: Option<IpAddr>) {
        let mut windows = self.lock();
        let addr = network(addr);
        let Some(window) = windows.get_mut(&addr) else { return };
        window.taken = window.taken.saturating_sub(1);
        if window.taken == 0 {
            windows.remove(&addr);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(windows: &mut HashMap<IpAddr, Window>, now_ms: i64) {
    if windows.len() < MAX_ADDRESSES {
        return;
    }
    windows.retain(|_, window| window.holds(now_ms));
    if windows.len() >= MAX_ADDRESSES
        && let Some(oldest) = windows.iter().min_by_key(|(_, window)| window.began_ms).map(|(addr, _)| *addr)
    {
        windows.remove(&oldest);
    }
}

/// One IPv6 subscriber has a whole /64 (RFC 4291 2.5.1), so it counts as one.
fn network(addr: Option<IpAddr>) -> IpAddr {
    match addr.map(|addr| addr.to_canonical()) {
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Some(IpAddr::V6(v6)) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        Some(v4) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn the_eleventh_failure_of_a_minute_is_refused() {
        let budget = Budget::default();
        for i in 0..10 {
            assert_eq!(budget.take(addr("10.0.0.1"), i), Ok(()));
        }
        assert_eq!(budget.take(addr("10.0.0.1"), 1_000), Err(59));
        assert_eq!(budget.take(addr("10.0.0.1"), WINDOW_MS - 1), Err(1));
        assert_eq!(budget.take(addr("10.0.0.2"), 1_000), Ok(()), "another address");
        assert_eq!(budget.take(addr("10.0.0.1"), WINDOW_MS), Ok(()), "the next minute");
        assert_eq!(budget.take(addr("10.0.0.1"), -1), Ok(()), "a clock set back");
    }

    #[test]
    fn success_gives_back_one_attempt_only() {
        let budget = Budget::default();
        for _ in 0..MAX_FAILURES {
            budget.take(None, 0).unwrap();
        }
        budget.give_back(None);
        assert_eq!(budget.take(None, 0), Ok(()));
        assert!(budget.take(None, 0).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_mapped_ipv4_is_ipv4() {
        let budget = Budget::default();
        for i in 0..MAX_FAILURES {
            budget.take(addr(&format!("2001:db8::{i}")), 0).unwrap();
            budget.take(addr("::ffff:10.0.0.1"), 0).unwrap();
        }
        assert!(budget.take(addr("2001:db8::ffff"), 0).is_err());
        assert!(budget.take(addr("10.0.0.1"), 0).is_err());
        assert!(budget.take(addr("2001:db8:0:1::1"), 0).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let budget = Budget::default();
        for i in 0..3 * MAX_ADDRESSES as u32 {
            budget.take(Some(IpAddr::V4(Ipv4Addr::from_bits(i))), i64::from(i) / 1000).unwrap();
        }
        assert!(budget.lock().len() <= MAX_ADDRESSES);
    }
}
