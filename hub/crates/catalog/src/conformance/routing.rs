//! Cases of what goes on to other application entities and of what is held.

use super::{
    Index,
    sample::{image, other_bytes, permit, query, search, site, study},
};
use crate::ports::{Arrival, Orders, Telling, Verdict};
use imaging_domain::{AeTitle, Digest, Instance, Level};

fn ae(title: &str) -> AeTitle {
    AeTitle::parse(title).unwrap()
}

fn orders(send_to: &[&str]) -> Orders {
    Orders { send_to: send_to.iter().map(|title| ae(title)).collect(), ..Orders::default() }
}

async fn arrive(index: &impl Index, instance: Instance, orders: Orders) -> Verdict {
    let arrival = Arrival { site: site("a"), instance, orders };
    index.commit(&permit(), vec![arrival]).await.unwrap()[0]
}

async fn waiting(index: &impl Index, title: &str) -> Vec<i64> {
    let queued = index.waiting(&permit(), &ae(title), 0, 10).await.unwrap();
    queued.iter().map(|queued| queued.id).collect()
}

pub(super) async fn what_arrives_waits_for_each_destination(index: &impl Index) {
    assert!(index.routes(&permit()).await.unwrap().is_empty());
    for number in 1..=2 {
        assert_eq!(arrive(index, image(1, 1, number), orders(&["PACS", "RAD"])).await, Verdict::Stored);
    }
    assert_eq!(arrive(index, image(1, 1, 1), orders(&["PACS", "OTHER"])).await, Verdict::Duplicate);
    let queued = index.waiting(&permit(), &ae("PACS"), 0, 10).await.unwrap();
    assert_eq!(queued.len(), 2, "a duplicate changes nothing");
    assert_eq!(index.destinations(&permit()).await.unwrap(), [ae("PACS"), ae("RAD")]);
    let first = &queued[0];
    assert_eq!((&first.study, &first.instance), (&study(1), &image(1, 1, 1).uid));
    assert_eq!(index.waiting(&permit(), &ae("PACS"), first.id, 10).await.unwrap(), queued[1..]);
    index.sent(&permit(), vec![first.id]).await.unwrap();
    index.refused(&permit(), queued[1].id, "A900").await.unwrap();
    assert!(waiting(index, "PACS").await.is_empty());
    assert_eq!(index.destinations(&permit()).await.unwrap(), [ae("RAD")]);
    let routes = index.routes(&permit()).await.unwrap();
    let told: Vec<_> = routes.iter().map(|it| (it.destination.as_str(), it.waiting, it.failed, &*it.why)).collect();
    assert_eq!(told, [("PACS", 0, 1, "A900"), ("RAD", 2, 0, "")]);
    assert_eq!((routes[0].oldest_ms, routes[1].oldest_ms), (None, Some(image(1, 1, 1).stored_ms)));
    assert_eq!(index.retry(&permit(), Some(&ae("RAD"))).await.unwrap(), 0);
    assert_eq!(index.retry(&permit(), None).await.unwrap(), 1);
    assert_eq!(waiting(index, "PACS").await, [queued[1].id]);
    index.delete_study(&permit(), &site("a"), &study(1), 9).await.unwrap();
    assert!(index.routes(&permit()).await.unwrap().is_empty(), "what is gone goes nowhere");
}

pub(super) async fn what_is_held_is_told_when_it_is_released(index: &impl Index) {
    let held = Orders { telling: Telling::WhenReleased, ..orders(&["PACS"]) };
    for number in 1..=2 {
        assert_eq!(arrive(index, image(1, 1, number), held.clone()).await, Verdict::Stored);
    }
    assert_eq!(arrive(index, image(1, 1, 1), held.clone()).await, Verdict::Duplicate);
    assert_eq!(arrive(index, other_bytes(image(1, 1, 1), 9), Orders::default()).await, Verdict::Conflict);
    assert!(search(index, &query(Level::Study, &[])).await.matches.is_empty());
    assert_eq!(index.last_number(&permit(), &site("a")).await.unwrap(), 0);
    assert!(waiting(index, "PACS").await.is_empty());
    let listed = index.held(&permit(), 10).await.unwrap();
    assert_eq!((listed.len(), &listed[0].study, listed[0].instances), (1, &study(1), 2));
    assert_eq!(index.release(&permit(), &site("a"), &study(1), 5).await.unwrap(), 2);
    assert_eq!(index.release(&permit(), &site("a"), &study(1), 5).await.unwrap(), 0);
    assert!(index.held(&permit(), 10).await.unwrap().is_empty());
    let told = index.changes_after(&permit(), &site("a"), 0, 10).await.unwrap();
    assert_eq!(told.iter().map(|change| change.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        (waiting(index, "PACS").await.len(), search(index, &query(Level::Study, &[])).await.matches.len()),
        (2, 1)
    );
}

pub(super) async fn a_held_study_can_be_deleted(index: &impl Index) {
    let held = Orders { telling: Telling::WhenReleased, ..Orders::default() };
    arrive(index, image(1, 1, 1), held.clone()).await;
    let deleted = index.delete_study(&permit(), &site("a"), &study(1), 5).await.unwrap();
    assert_eq!((deleted.instances, deleted.digests), (1, vec![image(1, 1, 1).digest]));
    assert!(index.held(&permit(), 10).await.unwrap().is_empty());
}

pub(super) async fn changed_instances_are_known_by_what_they_were(index: &impl Index) {
    let changed = |original: u8| Orders { original: Some(Digest([original; 32])), ..Orders::default() };
    assert_eq!(arrive(index, image(1, 1, 1), changed(1)).await, Verdict::Stored);
    // what was written of the change differs each time, the time for one
    assert_eq!(arrive(index, other_bytes(image(1, 1, 1), 7), changed(1)).await, Verdict::Duplicate);
    assert_eq!(arrive(index, other_bytes(image(1, 1, 1), 8), changed(2)).await, Verdict::Conflict);
    index.delete_study(&permit(), &site("a"), &study(1), 5).await.unwrap();
    assert_eq!(arrive(index, other_bytes(image(1, 1, 1), 7), changed(1)).await, Verdict::Stored);
}
