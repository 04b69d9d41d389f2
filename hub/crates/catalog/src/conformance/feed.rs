//! Cases of the change feed.

use super::{
    Index,
    sample::{image, numbers, other_bytes, permit, query, search, site, store, with},
};
use crate::{
    error::Error,
    ports::{Deleted, Scope, Totals},
};
use imaging_domain::{Change, Event, Instance, Level, tags};

fn stored(number: u64, instance: Instance) -> Change {
    Change { number, event: Event::Stored(Box::new(instance)) }
}

fn deleted(number: u64, instance: &Instance) -> Change {
    Change { number, event: Event::Deleted(instance.uid.clone()) }
}

async fn apply(index: &impl Index, name: &str, changes: Vec<Change>) -> Result<u64, Error> {
    index.apply(&permit(), &site(name), changes, 1000).await
}

pub(super) async fn lines_are_numbered_without_gaps(index: &impl Index) {
    let a = site("a");
    assert_eq!(index.last_number(&permit(), &a).await.unwrap(), 0);
    assert_eq!(index.changes_after(&permit(), &a, 0, 10).await.unwrap(), []);
    let (first, second, third) = (image(1, 1, 1), image(1, 1, 2), image(2, 1, 1));
    store(index, "a", vec![first.clone(), first.clone(), other_bytes(first.clone(), 9)]).await;
    store(index, "b", vec![first.clone()]).await;
    store(index, "a", vec![second.clone(), third.clone()]).await;
    assert_eq!(index.last_number(&permit(), &a).await.unwrap(), 3);
    assert_eq!(index.last_number(&permit(), &site("b")).await.unwrap(), 1);
    let lines = [stored(1, first), stored(2, second), stored(3, third)];
    assert_eq!(index.changes_after(&permit(), &a, 0, 10).await.unwrap(), lines);
    assert_eq!(index.changes_after(&permit(), &a, 1, 1).await.unwrap(), lines[1..2]);
    assert_eq!(index.changes_after(&permit(), &a, 3, 10).await.unwrap(), []);
    assert_eq!(index.changes_after(&permit(), &a, u64::MAX, 10).await.unwrap(), []);
}

pub(super) async fn applied_lines_answer_like_the_original(index: &impl Index) {
    let values = [(tags::PATIENT_NAME, "WANG^XIAOMING=王^小明"), (tags::STUDY_DATE, "20240101")];
    let batch = vec![with(image(1, 1, 1), &values), with(image(1, 1, 2), &values), image(1, 2, 1)];
    store(index, "a", batch).await;
    let lines = index.changes_after(&permit(), &site("a"), 0, 10).await.unwrap();
    assert_eq!(apply(index, "b", lines).await.unwrap(), 3);
    assert_eq!(index.position(&permit(), &site("b")).await.unwrap(), 3);
    assert_eq!(index.position(&permit(), &site("a")).await.unwrap(), 0, "a has applied nothing");
    let scope = Scope { study: image(1, 1, 1).study, series: None, instance: None };
    for copies in index.instances(&permit(), &scope, None, 10).await.unwrap() {
        assert_eq!(copies.0.len(), 2);
        assert_eq!(copies.0[0].instance, copies.0[1].instance);
    }
}

pub(super) async fn repeated_lines_change_nothing(index: &impl Index) {
    let lines = vec![stored(1, image(1, 1, 1)), stored(2, image(1, 1, 2)), stored(3, image(2, 1, 1))];
    assert_eq!(apply(index, "a", lines[..2].to_vec()).await.unwrap(), 2);
    assert_eq!(apply(index, "a", lines[..2].to_vec()).await.unwrap(), 2);
    assert_eq!(apply(index, "a", lines.clone()).await.unwrap(), 3);
    assert_eq!(apply(index, "a", vec![]).await.unwrap(), 3);
    let totals = Totals { studies: 2, series: 2, instances: 3, conflicts: 0 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals);
    assert_eq!(index.sites(&permit()).await.unwrap()[0].position, 3);
}

pub(super) async fn lines_that_are_passed_over_are_no_gap(index: &impl Index) {
    let passed = |first, number| Change { number, event: Event::Superseded(first) };
    assert_eq!(apply(index, "a", vec![passed(1, 4), stored(5, image(1, 1, 1))]).await.unwrap(), 5);
    assert_eq!(apply(index, "a", vec![passed(3, 7)]).await.unwrap(), 7, "some of them were there");
    assert_eq!(apply(index, "a", vec![passed(9, 7)]).await.unwrap(), 7, "nothing new");
    assert!(matches!(apply(index, "a", vec![passed(9, 10)]).await, Err(Error::Gap { wanted: 8, got: 9 })));
    assert_eq!(index.totals(&permit()).await.unwrap().instances, 1);
}

pub(super) async fn a_gap_applies_nothing(index: &impl Index) {
    for (lines, wanted, got) in
        [(vec![stored(2, image(1, 1, 2))], 1, 2), (vec![stored(1, image(1, 1, 1)), stored(3, image(1, 1, 3))], 2, 3)]
    {
        match apply(index, "a", lines).await {
            Err(Error::Gap { wanted: w, got: g }) => assert_eq!((w, g), (wanted, got)),
            other => panic!("a gap was applied: {other:?}"),
        }
        assert_eq!(index.position(&permit(), &site("a")).await.unwrap(), 0);
        assert_eq!(index.totals(&permit()).await.unwrap(), Totals::default());
    }
}

pub(super) async fn deletions_leave_nothing_empty(index: &impl Index) {
    let (one, two, three) = (image(1, 1, 1), image(1, 1, 2), image(1, 2, 1));
    let lines = vec![stored(1, one.clone()), stored(2, two.clone()), stored(3, three.clone()), deleted(4, &three)];
    assert_eq!(apply(index, "a", lines).await.unwrap(), 4);
    let answer = search(index, &query(Level::Study, &[])).await;
    assert_eq!(answer.matches[0].attributes.int(tags::NUMBER_OF_STUDY_RELATED_SERIES), Some(1));
    assert_eq!(answer.matches[0].attributes.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(2));
    let lines = vec![deleted(5, &one), deleted(6, &one), deleted(7, &two)];
    assert_eq!(apply(index, "a", lines).await.unwrap(), 7, "what is not there is deleted already");
    assert!(numbers(&search(index, &query(Level::Study, &[])).await).is_empty());
    assert!(numbers(&search(index, &query(Level::Series, &[])).await).is_empty());
    assert_eq!(index.totals(&permit()).await.unwrap(), Totals::default());
    let summary = &index.sites(&permit()).await.unwrap()[0];
    assert_eq!((summary.studies, summary.instances, summary.position), (0, 0, 7));
    let again = other_bytes(one, 9);
    assert_eq!(apply(index, "a", vec![stored(8, again)]).await.unwrap(), 8, "other bytes may come after a deletion");
    let totals = Totals { studies: 1, series: 1, instances: 1, conflicts: 0 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals);
}

pub(super) async fn deleting_one_copy_leaves_the_other(index: &impl Index) {
    let one = image(1, 1, 1);
    for name in ["a", "b"] {
        store(index, name, vec![one.clone()]).await;
    }
    assert_eq!(apply(index, "b", vec![deleted(1, &one)]).await.unwrap(), 1);
    let answer = search(index, &query(Level::Instance, &[])).await;
    assert_eq!(answer.matches[0].sites, [site("a")]);
    let totals = Totals { studies: 1, series: 1, instances: 1, conflicts: 0 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals);
    let lines = index.changes_after(&permit(), &site("b"), 0, 10).await.unwrap();
    assert_eq!(lines, [deleted(1, &one)], "its own line stays, as all that is known of it");
}

pub(super) async fn what_was_deleted_is_gone_until_it_comes_again(index: &impl Index) {
    let (one, two) = (image(1, 1, 1), image(1, 1, 2));
    let instance =
        |of: &Instance| Scope { series: Some(of.series.clone()), instance: Some(of.uid.clone()), ..whole(of) };
    let is_gone = async |scope: Scope| index.is_gone(&permit(), &scope).await.unwrap();
    store(index, "a", vec![one.clone(), two.clone()]).await;
    store(index, "b", vec![one.clone()]).await;
    assert!(!is_gone(whole(&one)).await && !is_gone(whole(&image(2, 1, 1))).await, "there, and never there");
    index.delete_study(&permit(), &site("a"), &one.study, 1000).await.unwrap();
    assert!(is_gone(instance(&two)).await && !is_gone(instance(&one)).await, "the copy of b stays");
    assert!(!is_gone(whole(&one)).await, "and with it the study");
    assert_eq!(apply(index, "b", vec![deleted(1, &one)]).await.unwrap(), 1);
    assert!(is_gone(instance(&one)).await && is_gone(whole(&one)).await);
    assert!(is_gone(Scope { instance: None, ..instance(&one) }).await);
    assert!(!is_gone(Scope { series: Some(image(1, 2, 1).series), ..whole(&one) }).await, "no such series was there");
    store(index, "a", vec![one.clone()]).await;
    assert!(!is_gone(instance(&one)).await && !is_gone(whole(&one)).await && is_gone(instance(&two)).await);
    // what takes the place of another deletes nothing
    let three = image(3, 1, 1);
    let moved = Instance { series: image(3, 2, 1).series, ..other_bytes(three.clone(), 9) };
    assert_eq!(apply(index, "c", vec![stored(1, three.clone()), stored(2, moved.clone())]).await.unwrap(), 2);
    assert!(!is_gone(instance(&three)).await && !is_gone(instance(&moved)).await);
}

fn whole(of: &Instance) -> Scope {
    Scope { study: of.study.clone(), series: None, instance: None }
}

pub(super) async fn a_deleted_study_is_lines_of_the_feed(index: &impl Index) {
    let (one, two, other) = (image(1, 1, 1), image(1, 2, 1), image(2, 1, 1));
    store(index, "a", vec![one.clone(), two.clone(), other_bytes(one.clone(), 9), other.clone()]).await;
    store(index, "b", vec![one.clone()]).await;
    let gone = index.delete_study(&permit(), &site("a"), &one.study, 1000).await.unwrap();
    assert_eq!(gone.instances, 2);
    let aside = other_bytes(one.clone(), 9).digest;
    assert_eq!(gone.digests, [one.digest, aside, two.digest]);
    let lines = index.changes_after(&permit(), &site("a"), 0, 10).await.unwrap();
    let both = [deleted(4, &one), deleted(5, &two)];
    assert_eq!(lines, [&[deleted(1, &one), deleted(2, &two), stored(3, other.clone())][..], &both].concat());
    assert_eq!(index.last_number(&permit(), &site("a")).await.unwrap(), 5);
    let totals = Totals { studies: 2, series: 2, instances: 2, conflicts: 0 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals, "the copy of b stays");
    let gone = index.delete_study(&permit(), &site("a"), &one.study, 1000).await.unwrap();
    assert_eq!((gone, index.last_number(&permit(), &site("a")).await.unwrap()), (Deleted::default(), 5));
    store(index, "a", vec![two.clone()]).await;
    assert_eq!(index.changes_after(&permit(), &site("a"), 5, 10).await.unwrap(), [stored(6, two)]);
}
