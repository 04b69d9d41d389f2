//! Cases of results that are given in parts while others come and go.

use super::{
    Index,
    sample::{image, numbers, permit, query, search, site, store, uid, with},
};
use crate::ports::Position;
use imaging_domain::{Change, Event, Instance, Level, Query, tags};

/// All numbers, so many at once.
async fn all(index: &impl Index, query: &Query, limit: u32) -> Vec<u32> {
    let mut asked = query.clone();
    asked.page.limit = limit;
    let (mut out, mut from): (Vec<u32>, Option<Position>) = (vec![], None);
    loop {
        let (answer, next) = index.search_on(&permit(), &asked, from.as_ref()).await.unwrap();
        assert!(answer.matches.len() <= limit as usize);
        assert_eq!(answer.more, next.is_some());
        out.extend(numbers(&answer));
        asked.page.offset = 0;
        match next {
            Some(next) => from = Some(next),
            None => return out,
        }
    }
}

fn dated(number: u32, date: &str) -> Instance {
    with(image(number, 1, 1), &[(tags::STUDY_DATE, date), (tags::PATIENT_ID, "P")])
}

pub(super) async fn parts_make_the_whole(index: &impl Index) {
    let dates = ["20240101", "20240102", "", "20240103"];
    let studies = |numbers: std::ops::RangeInclusive<u32>| {
        numbers.map(|number| dated(number, dates[number as usize % 4])).collect::<Vec<_>>()
    };
    store(index, "a", studies(1..=12)).await;
    // Copies: of the same date, and of a later one, so that the place of a study depends on the copy.
    store(index, "b", studies(5..=8)).await;
    store(index, "c", (9..=11).map(|number| dated(number, "20240104")).collect()).await;
    store(
        index,
        "a",
        (1..=4).flat_map(|series| [image(3, series + 1, 10 - series), image(3, series + 1, 1)]).collect(),
    )
    .await;
    for level in [Level::Study, Level::Series, Level::Instance] {
        for keys in [&[] as &[_], &[(&[tags::PATIENT_ID] as &[_], "P")], &[(&[tags::STUDY_DATE], "20240102-")]] {
            let query = query(level, keys);
            let whole = numbers(&search(index, &query).await);
            for limit in [1, 2, 5] {
                assert_eq!(all(index, &query, limit).await, whole, "{level:?} {limit}");
            }
            let mut after = query.clone();
            after.page.offset = 3;
            assert_eq!(all(index, &after, 2).await, whole[3.min(whole.len())..], "{level:?}");
        }
    }
}

pub(super) async fn what_comes_meanwhile_moves_nothing(index: &impl Index) {
    store(index, "a", (1..=6).map(|number| dated(number, &format!("2024010{number}"))).collect()).await;
    let asked = query(Level::Study, &[]).page(2, 0);
    let (first, next) = index.search_on(&permit(), &asked, None).await.unwrap();
    assert_eq!(numbers(&first), [6, 5]);
    // A newer one, another copy of one that was given, and the last one given goes.
    store(index, "a", vec![dated(7, "20240201"), dated(8, "20240103")]).await;
    let copy = Change { number: 1, event: Event::Stored(Box::new(dated(6, "20240102"))) };
    index.apply(&permit(), &site("b"), vec![copy], 0).await.unwrap();
    let (second, next) = index.search_on(&permit(), &asked, next.as_ref()).await.unwrap();
    assert_eq!(numbers(&second), [4, 3]);
    let (third, next) = index.search_on(&permit(), &asked, next.as_ref()).await.unwrap();
    assert_eq!(numbers(&third), [8, 2]);
    let (fourth, next) = index.search_on(&permit(), &asked, next.as_ref()).await.unwrap();
    assert_eq!((numbers(&fourth), next), (vec![1], None));
}

pub(super) async fn a_position_outlives_its_study(index: &impl Index) {
    let line = |number: u32| Change {
        number: u64::from(number),
        event: Event::Stored(Box::new(dated(number, &format!("2024010{number}")))),
    };
    index.apply(&permit(), &site("a"), (1..=4).map(line).collect(), 0).await.unwrap();
    let asked = query(Level::Study, &[]).page(2, 0);
    let (_, next) = index.search_on(&permit(), &asked, None).await.unwrap();
    let gone = Change { number: 5, event: Event::Deleted(uid(3, 1, 1)) };
    index.apply(&permit(), &site("a"), vec![gone], 0).await.unwrap();
    let (second, _) = index.search_on(&permit(), &asked, next.as_ref()).await.unwrap();
    assert_eq!(numbers(&second), [2, 1]);
    let other = index.search_on(&permit(), &query(Level::Instance, &[]), next.as_ref()).await.unwrap_err();
    assert_eq!(other.kind(), imaging_domain::ErrorKind::Invalid, "a position of another level");
}
