//! Cases of `commit`, `conflicts` and `totals`.

use super::{
    Index,
    sample::{image, numbers, other_bytes, permit, query, search, series, site, store, study, with},
};
use crate::ports::{Conflict, Scope, Totals, Verdict};
use imaging_domain::{DataSet, Include, Level, VR, Value, tags};

pub(super) async fn verdicts_are_in_order(index: &impl Index) {
    use Verdict::{Conflict, Duplicate, Stored};
    let batch = vec![image(1, 1, 1), image(1, 1, 1), image(1, 1, 2), other_bytes(image(1, 1, 2), 9), image(2, 1, 1)];
    assert_eq!(store(index, "a", batch).await, [Stored, Duplicate, Stored, Conflict, Stored]);
    assert_eq!(store(index, "a", vec![image(2, 1, 1), image(2, 1, 2)]).await, [Duplicate, Stored]);
    assert_eq!(store(index, "b", vec![image(1, 1, 1)]).await, [Stored], "another site has its own copy");
    assert_eq!(store(index, "a", vec![]).await, []);
}

pub(super) async fn a_conflict_leaves_the_first(index: &impl Index) {
    store(index, "a", vec![image(1, 1, 1)]).await;
    let other = with(other_bytes(image(1, 1, 1), 9), &[(tags::PATIENT_ID, "OTHER")]);
    assert_eq!(store(index, "a", vec![other.clone()]).await, [Verdict::Conflict]);
    assert_eq!(store(index, "a", vec![other]).await, [Verdict::Conflict], "it is noted once");
    let scope = Scope { study: study(1), series: None, instance: None };
    let found = index.instances(&permit(), &scope, None, 10).await.unwrap();
    assert_eq!(found[0].0[0].instance.digest, image(1, 1, 1).digest);
    assert!(numbers(&search(index, &query(Level::Study, &[(&[tags::PATIENT_ID], "OTHER")])).await).is_empty());
    assert_eq!(index.conflicts(&permit(), 10).await.unwrap().len(), 1);
    assert_eq!(index.last_number(&permit(), &site("a")).await.unwrap(), 1, "a conflict is no line of the feed");
}

pub(super) async fn conflicts_are_listed_latest_first(index: &impl Index) {
    let first = image(1, 1, 1);
    store(index, "a", vec![first.clone()]).await;
    for (mark, stored_ms) in [(1, 500), (2, 700), (3, 600)] {
        let mut aside = other_bytes(first.clone(), mark);
        aside.stored_ms = stored_ms;
        store(index, "a", vec![aside]).await;
    }
    let found = index.conflicts(&permit(), 2).await.unwrap();
    let expected = |mark, at_ms| Conflict {
        site: site("a"),
        instance: first.uid.clone(),
        kept: first.digest,
        aside: other_bytes(first.clone(), mark).digest,
        at_ms,
    };
    assert_eq!(found, [expected(2, 700), expected(3, 600)]);
}

pub(super) async fn a_uid_under_another_study_is_a_conflict(index: &impl Index) {
    store(index, "a", vec![image(1, 1, 1)]).await;
    let mut stray = other_bytes(image(2, 1, 1), 9);
    stray.uid = image(1, 1, 1).uid;
    assert_eq!(store(index, "a", vec![stray]).await, [Verdict::Conflict]);
    assert_eq!(numbers(&search(index, &query(Level::Study, &[])).await), [1]);
    let totals = Totals { studies: 1, series: 1, instances: 1, conflicts: 1 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals);
}

pub(super) async fn first_values_stay_and_missing_ones_are_filled_in(index: &impl Index) {
    let first = with(image(1, 1, 1), &[(tags::PATIENT_ID, "P1"), (tags::STUDY_DESCRIPTION, "")]);
    let second = with(
        image(1, 1, 2),
        &[(tags::PATIENT_ID, "P2"), (tags::STUDY_DESCRIPTION, "HEAD"), (tags::BODY_PART_EXAMINED, "HEAD")],
    );
    store(index, "a", vec![first]).await;
    store(index, "a", vec![second]).await;
    let mut asked = query(Level::Series, &[(&[tags::PATIENT_ID], "P1"), (&[tags::BODY_PART_EXAMINED], "HEAD")]);
    asked.include = Include::All;
    let answer = search(index, &asked).await;
    assert_eq!(answer.matches[0].series, Some(series(1, 1)));
    assert_eq!(answer.matches[0].attributes.text(tags::STUDY_DESCRIPTION), Some("HEAD"));
    assert_eq!(answer.matches[0].attributes.text(tags::PATIENT_ID), Some("P1"));
}

pub(super) async fn totals_count_distinct_studies_and_all_copies(index: &impl Index) {
    assert_eq!(index.totals(&permit()).await.unwrap(), Totals::default());
    store(index, "a", vec![image(1, 1, 1), image(1, 2, 1), image(2, 1, 1)]).await;
    store(index, "b", vec![image(1, 1, 1), image(1, 1, 2), image(3, 1, 1)]).await;
    let totals = Totals { studies: 3, series: 4, instances: 6, conflicts: 0 };
    assert_eq!(index.totals(&permit()).await.unwrap(), totals);
}

pub(super) async fn deep_nesting_does_no_harm(index: &impl Index) {
    let mut items = DataSet::new();
    for _ in 0..60 {
        let mut outer = DataSet::new();
        outer.put(tags::OTHER_PATIENT_I_DS_SEQUENCE, VR::SQ, Value::Sequence(vec![items]));
        items = outer;
    }
    let mut instance = with(image(1, 1, 1), &[(tags::PATIENT_ID, "P1")]);
    instance.attributes.put(tags::OTHER_PATIENT_I_DS_SEQUENCE, VR::SQ, Value::Sequence(vec![items]));
    assert_eq!(store(index, "a", vec![instance, image(1, 1, 2)]).await, [Verdict::Stored; 2]);
    let mut asked = query(Level::Instance, &[(&[tags::PATIENT_ID], "P1")]);
    asked.include = Include::All;
    assert_eq!(numbers(&search(index, &asked).await), [1, 2]);
    assert_eq!(index.changes_after(&permit(), &site("a"), 0, 10).await.unwrap().len(), 2);
}
