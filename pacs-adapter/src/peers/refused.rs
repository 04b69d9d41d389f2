//! Those who were refused: bounded in number, so that a scanner fills no memory and pushes nobody out but itself.

use imaging_domain::AeTitle;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The most that are remembered, and the most of one address.
const MAX_REFUSED: usize = 512;
const MAX_REFUSED_PER_ADDRESS: usize = 16;

/// Somebody unknown who asked for an association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCaller {
    /// The title that it calls itself by.
    pub ae_title: AeTitle,
    /// Where it calls from.
    pub address: IpAddr,
    /// When it was first refused, in milliseconds since 1970.
    pub first_seen_ms: i64,
    /// When it was last refused.
    pub last_seen_ms: i64,
    /// How often it was refused.
    pub count: u64,
}

/// The refused, in the order of their first time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Refusals(Vec<RefusedCaller>);

impl Refusals {
    pub(super) fn add(&mut self, ae_title: &AeTitle, address: IpAddr, now_ms: i64) {
        if let Some(known) = self.0.iter_mut().find(|it| it.ae_title == *ae_title && it.address == address) {
            known.last_seen_ms = now_ms;
            known.count += 1;
            return;
        }
        if self.0.iter().filter(|it| it.address == address).count() >= MAX_REFUSED_PER_ADDRESS {
            self.drop_oldest(|it| it.address == address);
        } else if self.0.len() >= MAX_REFUSED {
            self.drop_oldest(|_| true);
        }
        let (ae_title, first_seen_ms, last_seen_ms) = (ae_title.clone(), now_ms, now_ms);
        self.0.push(RefusedCaller { ae_title, address, first_seen_ms, last_seen_ms, count: 1 });
    }

    fn drop_oldest(&mut self, among: impl Fn(&RefusedCaller) -> bool) {
        let those = self.0.iter().enumerate().filter(|(_, it)| among(it));
        if let Some((at, _)) = those.min_by_key(|(_, it)| it.last_seen_ms) {
            self.0.remove(at);
        }
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, ae_title: &AeTitle, address: IpAddr) -> bool {
        let before = self.0.len();
        self.0.retain(|it| it.ae_title != *ae_title || it.address != address);
        self.0.len() < before
    }

    /// The last seen first.
    pub(super) fn list(&self) -> Vec<RefusedCaller> {
        let mut list: Vec<_> = self.0.iter().rev().cloned().collect();
        list.sort_by_key(|it| std::cmp::Reverse(it.last_seen_ms));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_pushes_out_its_own_names_first() {
        let mut refusals = Refusals::default();
        let [quiet, loud] = [IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2])];
        refusals.add(&AeTitle::parse("CT1").unwrap(), quiet, 1);
        for at in 0..5000 {
            refusals.add(&AeTitle::parse(&format!("SCAN{at}")).unwrap(), loud, 2 + at);
        }
        assert_eq!(refusals.list().len(), 1 + MAX_REFUSED_PER_ADDRESS);
        assert_eq!(refusals.list()[0].ae_title.as_str(), "SCAN4999");
        refusals.add(&AeTitle::parse("CT1").unwrap(), quiet, 9000);
        let first = refusals.list().remove(0);
        assert_eq!((first.count, first.first_seen_ms, first.last_seen_ms), (2, 1, 9000));
        for at in 0..2000_u32 {
            refusals.add(&AeTitle::parse("CT1").unwrap(), IpAddr::from(at.to_be_bytes()), 10_000);
        }
        assert_eq!(refusals.list().len(), MAX_REFUSED);
    }
}
