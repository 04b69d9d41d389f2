//! How many associations there may be.

use super::config::Config;
use crate::peers::Standing;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Connections at once that are told to come back later; above it they are closed unheard.
const MAX_TURNED_AWAY: usize = 64;

#[derive(Default)]
struct Counts {
    by_address: HashMap<IpAddr, usize>,
    admitted: usize,
    turned_away: usize,
}

pub(crate) struct Limits {
    max: usize,
    max_per_address: usize,
    reserved: usize,
    counts: Mutex<Counts>,
}

pub(crate) enum Admission {
    Admitted(Permit),
    Busy(Permit),
    Overrun,
}

/// A place that is given back when dropped.
pub(crate) struct Permit {
    limits: Arc<Limits>,
    admitted: Option<IpAddr>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        let (max, max_per_address) = (config.max_associations, config.max_associations_per_address);
        let reserved = config.reserved_associations;
        Arc::new(Self { max, max_per_address, reserved, counts: Mutex::default() })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr, standing: Standing) -> Admission {
        let admission = self.place(address, standing);
        let outcome = match &admission {
            Admission::Admitted(_) => "admitted",
            Admission::Busy(_) => "told to come back",
            Admission::Overrun => "closed unheard",
        };
        metrics::counter!("dimse_connections_total", "outcome" => outcome).increment(1);
        admission
    }

    fn place(self: &Arc<Self>, address: IpAddr, standing: Standing) -> Admission {
        let max = match standing {
            Standing::Known | Standing::Nobody => self.max,
            Standing::Unknown => self.max.saturating_sub(self.reserved),
        };
        let mut counts = self.counts();
        let of_address = counts.by_address.get(&address).copied().unwrap_or(0);
        let permit = |admitted| Permit { limits: Arc::clone(self), admitted };
        if counts.admitted < max && of_address < self.max_per_address {
            counts.admitted += 1;
            counts.by_address.insert(address, of_address + 1);
            metrics::gauge!("dimse_connections_open").set(counts.admitted as f64);
            return Admission::Admitted(permit(Some(address)));
        }
        if counts.turned_away < MAX_TURNED_AWAY {
            counts.turned_away += 1;
            return Admission::Busy(permit(None));
        }
        Admission::Overrun
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.limits.counts();
        let Some(address) = self.admitted else {
            counts.turned_away -= 1;
            return;
        };
        counts.admitted -= 1;
        metrics::gauge!("dimse_connections_open").set(counts.admitted as f64);
        if let Some(count) = counts.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                counts.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let config = Config { max_associations: 4, max_associations_per_address: 2, ..Config::default() };
        let limits = Limits::new(&Config { reserved_associations: 1, ..config });
        let [a, b, known] = [1, 2, 3].map(|last| IpAddr::from([10, 0, 0, last]));
        let admitted = |address| match limits.admit(address, Standing::Unknown) {
            Admission::Admitted(permit) => Some(permit),
            _ => None,
        };
        let first = admitted(a).unwrap();
        let _second = admitted(a).unwrap();
        assert!(admitted(a).is_none(), "the address has its two");
        let _third = admitted(b).unwrap();
        assert!(admitted(b).is_none(), "all three are taken that strangers have");
        let Admission::Admitted(kept) = limits.admit(known, Standing::Known) else { panic!("a place is kept") };
        assert!(!matches!(limits.admit(known, Standing::Known), Admission::Admitted(_)), "all four are taken");
        drop(kept);
        drop(first);
        assert!(admitted(b).is_some());
        let busy: Vec<_> = (0..80).map(|_| limits.admit(a, Standing::Unknown)).collect();
        let overrun = busy.iter().filter(|admission| matches!(admission, Admission::Overrun)).count();
        assert_eq!(overrun, 80 - 1 - MAX_TURNED_AWAY);
        drop(busy);
        assert_eq!(limits.counts().turned_away, 0);
    }
}
