//! Cases of the versions of series and of those that wait.

use super::{
    Index,
    sample::{image, other_bytes, permit, series, site, store, study},
};
use crate::ports::{Postponed, Scope, SeriesVersion, version_of};
use imaging_domain::{Change, Digest, Event, Instance};

fn all_of(number: u32) -> Scope {
    Scope { study: study(number), series: None, instance: None }
}

async fn version(index: &impl Index) -> Digest {
    index.versions(&permit(), &all_of(1)).await.unwrap()[0].version
}

async fn delete(index: &impl Index, name: &str, number: u64, instance: &Instance, now_ms: i64) {
    let change = Change { number, event: Event::Deleted(instance.uid.clone()) };
    index.apply(&permit(), &site(name), vec![change], now_ms).await.unwrap();
}

pub(super) async fn versions_follow_their_instances(index: &impl Index) {
    assert_eq!(index.versions(&permit(), &all_of(1)).await.unwrap(), []);
    let (one, two) = (image(1, 1, 1), image(1, 1, 2));
    store(index, "a", vec![two.clone(), image(1, 2, 1), one.clone()]).await;
    let both = version_of([(one.uid.as_str(), &one.digest), (two.uid.as_str(), &two.digest)]);
    let first = SeriesVersion { study: study(1), series: series(1, 1), version: both, instances: 2 };
    let found = index.versions(&permit(), &all_of(1)).await.unwrap();
    assert_eq!((&found[0], found.len()), (&first, 2));
    assert_eq!(index.versions(&permit(), &first.scope()).await.unwrap(), [first]);
    store(index, "a", vec![image(1, 1, 3)]).await;
    assert_ne!(version(index).await, both, "an instance more");
    delete(index, "a", 1, &image(1, 1, 3), 1000).await;
    assert_eq!(version(index).await, both, "the same as before");
    delete(index, "a", 2, &two, 1000).await;
    assert_eq!(version(index).await, version_of([(one.uid.as_str(), &one.digest)]), "an instance less");
}

pub(super) async fn copies_give_the_version_of_the_first_stored(index: &impl Index) {
    let one = image(1, 1, 1);
    store(index, "b", vec![one.clone()]).await;
    let alone = version(index).await;
    store(index, "c", vec![one.clone()]).await;
    assert_eq!(version(index).await, alone, "the same bytes at a second site");
    let mut earlier = other_bytes(one.clone(), 9);
    earlier.stored_ms -= 1;
    store(index, "a", vec![earlier.clone()]).await;
    assert_eq!(version(index).await, version_of([(one.uid.as_str(), &earlier.digest)]), "the first stored counts");
    delete(index, "a", 1, &earlier, 1000).await;
    assert_eq!(version(index).await, alone);
}

pub(super) async fn changed_series_wait_until_they_are_settled(index: &impl Index) {
    let quiet = async |until_ms| index.quiet(&permit(), until_ms, 10).await.unwrap();
    let key = |number| (study(number), series(number, 1));
    let (mut early, mut late) = (image(1, 1, 1), image(2, 1, 1));
    (early.stored_ms, late.stored_ms) = (100, 200);
    store(index, "a", vec![late, early.clone()]).await;
    assert_eq!(quiet(99).await, []);
    assert_eq!(quiet(100).await, [key(1)]);
    assert_eq!(quiet(200).await, [key(1), key(2)], "who waits longest comes first");
    assert_eq!(index.quiet(&permit(), 200, 1).await.unwrap(), [key(1)]);
    let ready = index.versions(&permit(), &all_of(1)).await.unwrap();
    index.settle(&permit(), ready.clone(), vec![]).await.unwrap();
    assert_eq!(quiet(200).await, [key(2)]);
    // a copy at another site comes while the first is long quiet
    let change = Change { number: 1, event: Event::Stored(Box::new(early)) };
    index.apply(&permit(), &site("b"), vec![change], 300).await.unwrap();
    assert_eq!(quiet(299).await, [key(2)]);
    assert_eq!(quiet(300).await, [key(2), key(1)]);
    index
        .settle(&permit(), vec![], vec![Postponed { study: study(2), series: series(2, 1), until_ms: 400 }])
        .await
        .unwrap();
    assert_eq!(quiet(399).await, [key(1)]);
    assert_eq!(quiet(400).await, [key(1), key(2)]);
}

pub(super) async fn what_changed_meanwhile_waits_on(index: &impl Index) {
    let quiet = async || index.quiet(&permit(), i64::MAX, 10).await.unwrap().len();
    store(index, "a", vec![image(1, 1, 1)]).await;
    let before = index.versions(&permit(), &all_of(1)).await.unwrap();
    store(index, "a", vec![image(1, 1, 2)]).await;
    index.settle(&permit(), before, vec![]).await.unwrap();
    assert_eq!(quiet().await, 1);
    index.settle(&permit(), index.versions(&permit(), &all_of(1)).await.unwrap(), vec![]).await.unwrap();
    assert_eq!(quiet().await, 0);
    store(index, "a", vec![image(1, 1, 1)]).await;
    assert_eq!(quiet().await, 0, "a duplicate changes nothing");
    delete(index, "a", 1, &image(1, 1, 1), 500).await;
    assert_eq!(index.quiet(&permit(), 499, 10).await.unwrap(), []);
    assert_eq!(quiet().await, 1, "a deletion changes the series");
}
