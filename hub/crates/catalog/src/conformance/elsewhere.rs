//! Cases of instances that a PACS keeps.

use super::{
    Index,
    sample::{image, other_bytes, permit, query, search, site, store, study, uid},
};
use crate::ports::{Arrival, CacheChange, Orders, Scope, Telling, Verdict, promised_digest};
use imaging_domain::{Event, Instance, Keeping, Level, tags};

fn is(keeping: Keeping, instance: Instance) -> Instance {
    Instance { keeping, ..instance }
}

/// What everybody knows of study 1, instance by instance.
async fn known(index: &impl Index) -> Vec<(Keeping, Instance)> {
    let scope = Scope { study: study(1), series: None, instance: None };
    let listed = index.instances(&permit(), &scope, None, 10).await.unwrap();
    listed.iter().map(|copies| (copies.0[0].instance.keeping, copies.0[0].instance.clone())).collect()
}

/// What `b` knows when it has applied the feed of `a` from its first line on, and no more than the new ones.
async fn follows(index: &impl Index, from: u64) -> u64 {
    let lines = index.changes_after(&permit(), &site("a"), from, 100).await.unwrap();
    index.apply(&permit(), &site("b"), lines, 1000).await.unwrap()
}

async fn availability(index: &impl Index, level: Level) -> Option<String> {
    let answer = search(index, &query(level, &[])).await;
    answer.matches[0].attributes.text(tags::INSTANCE_AVAILABILITY).map(str::to_owned)
}

pub(super) async fn bytes_come_in_place_of_a_promise(index: &impl Index) {
    let seen = image(1, 1, 1);
    let promise = is(Keeping::Promised, seen.clone());
    assert_eq!(store(index, "a", vec![promise.clone(), promise.clone()]).await, [Verdict::Stored, Verdict::Duplicate]);
    assert_eq!(known(index).await[0].1.digest, promised_digest(&seen.uid), "whatever was said");
    for level in [Level::Study, Level::Series, Level::Instance] {
        assert_eq!(availability(index, level).await.as_deref(), Some("NEARLINE"));
    }
    assert_eq!(follows(index, 0).await, 1);
    assert_eq!(store(index, "a", vec![is(Keeping::Cached, seen.clone())]).await, [Verdict::Stored]);
    assert_eq!(availability(index, Level::Study).await, None, "one copy is there");
    assert_eq!(known(index).await[0].1, is(Keeping::Cached, seen.clone()));
    assert_eq!(follows(index, 1).await, 2);
    let scope = Scope { study: study(1), series: None, instance: None };
    let both = index.instances(&permit(), &scope, None, 10).await.unwrap().remove(0).0;
    assert!(both.len() == 2 && both.iter().all(|copy| copy.instance == is(Keeping::Cached, seen.clone())));
    assert_eq!(index.totals(&permit()).await.unwrap().instances, 2);
    let lines = index.changes_after(&permit(), &site("a"), 0, 100).await.unwrap();
    let stored = lines.iter().filter(|line| matches!(line.event, Event::Stored(_))).count();
    assert_eq!((lines.len(), stored), (2, 1), "who begins late hears of it once");
}

pub(super) async fn what_leaves_the_cache_is_nearline_until_it_comes_again(index: &impl Index) {
    let (one, kept) = (is(Keeping::Cached, image(1, 1, 1)), image(1, 1, 2));
    store(index, "a", vec![one.clone(), kept.clone()]).await;
    follows(index, 0).await;
    let digests = vec![one.digest, kept.digest];
    let change = async |word| index.cache_changed(&permit(), &site("a"), digests.clone(), word).await.unwrap();
    assert_eq!(change(CacheChange::Came).await, 0, "it is there");
    assert_eq!(change(CacheChange::Left).await, 1, "what is kept never leaves");
    assert_eq!(availability(index, Level::Series).await, None, "the other site has it still");
    assert_eq!(follows(index, 2).await, 3);
    assert_eq!(availability(index, Level::Series).await.as_deref(), Some("NEARLINE"));
    assert_eq!(known(index).await.iter().map(|known| known.0).collect::<Vec<_>>(), [Keeping::Nearline, Keeping::Kept]);
    assert_eq!(store(index, "a", vec![one.clone()]).await, [Verdict::Duplicate], "the bytes are no news, the place is");
    assert_eq!(follows(index, 3).await, 4);
    assert_eq!(known(index).await[0].0, Keeping::Cached);
    assert_eq!(change(CacheChange::Left).await, 1);
    assert_eq!(change(CacheChange::Came).await, 1);
    assert_eq!(index.last_number(&permit(), &site("a")).await.unwrap(), 6);
    assert_eq!(store(index, "a", vec![is(Keeping::Kept, one.clone())]).await, [Verdict::Duplicate]);
    assert_eq!(change(CacheChange::Left).await, 0, "it was sent by somebody else and is kept");
    let lines = index.changes_after(&permit(), &site("a"), 0, 100).await.unwrap();
    let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [1, 2, 6, 7], "of what moved there is one line, whoever begins late");
    assert!(lines[0].event == Event::Superseded(1) && lines[2].event == Event::Superseded(3));
    assert_eq!(index.changes_after(&permit(), &site("a"), 4, 1).await.unwrap()[0].number, 6);
    assert_eq!(index.apply(&permit(), &site("c"), lines, 1000).await.unwrap(), 7);
}

pub(super) async fn other_bytes_of_the_pacs_take_the_place_of_what_it_gave(index: &impl Index) {
    let one = is(Keeping::Cached, image(1, 1, 1));
    let edited = other_bytes(one.clone(), 9);
    store(index, "a", vec![one.clone()]).await;
    follows(index, 0).await;
    let sent = is(Keeping::Kept, edited.clone());
    assert_eq!(store(index, "a", vec![sent]).await, [Verdict::Conflict], "only the PACS may say so");
    assert_eq!(store(index, "a", vec![edited.clone()]).await, [Verdict::Stored]);
    assert_eq!(follows(index, 1).await, 2);
    assert_eq!(known(index).await, [(Keeping::Cached, edited.clone())]);
    store(index, "a", vec![image(2, 1, 1)]).await;
    let other = is(Keeping::Cached, other_bytes(image(2, 1, 1), 9));
    assert_eq!(store(index, "a", vec![other]).await, [Verdict::Conflict], "what is kept stays");
}

pub(super) async fn what_the_pacs_has_no_more_goes_and_what_is_kept_stays(index: &impl Index) {
    let promised = [1, 2].map(|number| is(Keeping::Promised, image(1, 1, number)));
    store(index, "a", [promised.to_vec(), vec![image(1, 1, 3)]].concat()).await;
    follows(index, 0).await;
    let still = vec![uid(1, 1, 2)];
    let gone = index.gone_from_pacs(&permit(), &site("a"), &study(1), still, 2000).await.unwrap();
    assert_eq!(gone.instances, 1);
    let gone = index.gone_from_pacs(&permit(), &site("a"), &study(1), vec![], 2000).await.unwrap();
    assert_eq!(gone.instances, 1);
    assert_eq!(follows(index, 3).await, 5);
    assert_eq!(known(index).await, [(Keeping::Kept, image(1, 1, 3))]);
    assert_eq!(index.totals(&permit()).await.unwrap().instances, 2);
}

pub(super) async fn what_the_pacs_has_no_more_takes_nothing_with_it(index: &impl Index) {
    let orders = Orders { telling: Telling::WhenReleased, ..Orders::default() };
    let held = Arrival { orders, ..Arrival::new(site("a"), image(1, 1, 3)) };
    index.commit(&permit(), vec![held]).await.unwrap();
    let cached = is(Keeping::Cached, image(1, 1, 1));
    let sent = is(Keeping::Kept, other_bytes(image(1, 1, 1), 9));
    assert_eq!(store(index, "a", vec![cached, sent]).await, [Verdict::Stored, Verdict::Conflict]);
    let promise = is(Keeping::Promised, image(1, 1, 3));
    assert_eq!(store(index, "a", vec![promise]).await, [Verdict::Duplicate], "it is here, and held");
    let gone = index.gone_from_pacs(&permit(), &site("a"), &study(1), vec![], 2000).await.unwrap();
    assert_eq!((gone.instances, gone.digests.len()), (1, 1));
    assert_eq!(index.conflicts(&permit(), 10).await.unwrap().len(), 1, "what was put aside was acknowledged");
    assert_eq!(index.held(&permit(), 10).await.unwrap()[0].instances, 1, "so was what a rule holds");
    assert_eq!(index.release(&permit(), &site("a"), &study(1), 2000).await.unwrap(), 1);
    let released = known(index).await;
    assert_eq!((released.len(), released[0].0, released[0].1.digest), (1, Keeping::Kept, image(1, 1, 3).digest));
}

pub(super) async fn a_series_that_nobody_has_seen_is_not_made_ready(index: &impl Index) {
    let promised = [1, 2].map(|number| is(Keeping::Promised, image(1, 1, number)));
    store(index, "a", promised.to_vec()).await;
    let quiet = async || index.quiet(&permit(), i64::MAX, 10).await.unwrap().len();
    assert_eq!(quiet().await, 0);
    store(index, "a", vec![is(Keeping::Cached, image(1, 1, 1))]).await;
    assert_eq!(quiet().await, 0, "a part of it");
    store(index, "a", vec![is(Keeping::Cached, image(1, 1, 2))]).await;
    assert_eq!(quiet().await, 1);
}
