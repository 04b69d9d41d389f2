//! How many transactions there may be.

use super::open::Open;
use imaging_domain::AeTitle;
use std::sync::Arc;

/// Transactions that are neither ended nor given up; further ones are refused.
const MAX_OPEN: usize = 5000;
/// The same of one peer: one whom nobody can tell anything takes little of the room of the others.
const MAX_OPEN_OF_ONE: usize = 500;
/// Reports of one peer that are given up and remembered; the oldest are forgotten.
const MAX_GIVEN_UP_OF_ONE: usize = 500;

/// Whether this peer may ask for one more.
pub(super) fn has_room<'a>(ae: &AeTitle, all: impl Iterator<Item = &'a Arc<Open>>) -> bool {
    let (mut open, mut of_it) = (0, 0);
    for one in all.filter(|one| !one.is_given_up()) {
        open += 1;
        of_it += usize::from(one.ae == *ae);
    }
    open < MAX_OPEN && of_it < MAX_OPEN_OF_ONE
}

/// Of the given up reports of this peer those that there are too many of.
pub(super) fn too_old<'a>(ae: &AeTitle, all: impl Iterator<Item = &'a Arc<Open>>) -> Vec<Arc<Open>> {
    let mut given_up: Vec<_> = all.filter(|one| one.ae == *ae && one.is_given_up()).cloned().collect();
    given_up.sort_unstable_by_key(|one| std::cmp::Reverse(one.asked_ms));
    given_up.split_off(given_up.len().min(MAX_GIVEN_UP_OF_ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(ae: &str, asked_ms: i64, given_up: bool) -> Arc<Open> {
        Arc::new(Open::example(AeTitle::parse(ae).unwrap(), asked_ms, given_up))
    }

    #[test]
    fn peers_that_take_no_report_leave_room_for_the_others() {
        let [dead, gone, other] = ["DEAD", "GONE", "OTHER"].map(|title| AeTitle::parse(title).unwrap());
        let of = |ae: &AeTitle, count, given_up| (0..count).map(move |at| open(ae.as_str(), at, given_up)).collect();
        let mut all: Vec<_> = [of(&dead, 500, false), of(&gone, 600, false)].concat();
        assert!(!has_room(&dead, all.iter()));
        assert!(has_room(&other, all.iter()));
        all.extend::<Vec<_>>(of(&other, 500, true));
        assert!(has_room(&other, all.iter()), "given up ones do not count");
        all.extend(
            (0..8).flat_map(|number| -> Vec<_> { of(&AeTitle::parse(&format!("A{number}")).unwrap(), 500, false) }),
        );
        assert!(!has_room(&other, all.iter()), "all together have an end");
    }

    #[test]
    fn the_oldest_given_up_are_forgotten() {
        let ae = AeTitle::parse("CT1").unwrap();
        let mut all: Vec<_> = (0..503).map(|at| open("CT1", at, true)).collect();
        all.push(open("CT1", -1, false));
        all.push(open("MR1", -1, true));
        let forgotten: Vec<_> = too_old(&ae, all.iter()).iter().map(|one| one.asked_ms).collect();
        assert_eq!(forgotten, [2, 1, 0]);
        assert!(too_old(&ae, all[..500].iter()).is_empty());
    }
}
