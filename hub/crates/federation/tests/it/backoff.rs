//! How long is waited between tries.

use federation::Backoff;
use std::time::Duration;

#[test]
fn waits_grow_to_a_limit_and_begin_anew_after_a_reset() {
    let mut backoff = Backoff::default();
    let first = backoff.wait(0.5);
    let mut before = first;
    for _ in 0..100 {
        let wait = backoff.wait(0.5);
        assert!(wait >= before, "{wait:?} after {before:?}");
        before = wait;
    }
    assert!(before > first * 10 && before <= Duration::from_secs(15), "{before:?}");
    backoff.reset();
    assert_eq!(backoff.wait(0.5), first);
}

#[test]
fn chance_spreads_the_waits_and_never_makes_them_longer_or_nothing() {
    for tries in 0..8 {
        let after = |chance| {
            let mut backoff = Backoff::default();
            for _ in 0..tries {
                backoff.wait(1.0);
            }
            backoff.wait(chance)
        };
        let (shortest, longest) = (after(0.0), after(1.0));
        assert_eq!(shortest * 2, longest);
        let spread: Vec<_> = (0..=10).map(|tenth| after(f64::from(tenth) / 10.0)).collect();
        assert!(spread.is_sorted_by(|one, other| one < other), "{spread:?}");
        assert_eq!((after(-1.0), after(7.0)), (shortest, longest), "chance beyond its bounds");
    }
}
