//! What the hub takes of a feed.

use crate::instances::{copies, instance, open, permit, site, store};
use audit_log::AuditLog;
use catalog::{ChangeFeed, Sqlite};
use federation::{
    Error, Intake,
    sync::{Batch, MAX_BATCH},
};
use imaging_domain::{Change, ErrorKind, Event, InstanceUid, Principal};
use std::sync::Arc;
use tempfile::TempDir;

struct Hub {
    index: Sqlite,
    intake: Intake,
    _folder: TempDir,
}

fn hub() -> Hub {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "hub.db");
    let intake = Intake::new(Arc::new(index.clone()), AuditLog::memory(|| 0).0, || 1000);
    Hub { index, intake, _folder: folder }
}

impl Hub {
    async fn accept(&self, numbers: &[u64]) -> Result<u64, Error> {
        let changes = numbers.iter().map(|number| stored(*number)).collect();
        let held = self.intake.accept(&Principal::Site(site("a")), Batch { last: 99, changes }).await?.held;
        let position = self.index.position(&permit(), &site("a")).await.unwrap();
        assert_eq!(held, position, "the hub says it holds {held}, and holds {position}");
        Ok(held)
    }

    async fn numbers(&self) -> Vec<i64> {
        copies(&self.index, "a", 20).await.iter().map(|copy| copy.instance.stored_ms % 100).collect()
    }
}

fn stored(number: u64) -> Change {
    Change { number, event: Event::Stored(Box::new(instance(number as u32, 0))) }
}

#[tokio::test]
async fn lines_are_applied_in_order_and_once() {
    let hub = hub();
    assert_eq!(hub.accept(&[]).await.unwrap(), 0);
    assert_eq!(hub.accept(&[1, 2]).await.unwrap(), 2);
    assert_eq!(hub.accept(&[1, 2]).await.unwrap(), 2);
    assert_eq!(hub.accept(&[2, 3]).await.unwrap(), 3);
    assert_eq!(hub.accept(&[1]).await.unwrap(), 3);
    assert_eq!(hub.numbers().await, [1, 2, 3]);
    assert_eq!(hub.intake.last_written(&site("a")), Some(99));
    assert_eq!(hub.intake.last_written(&site("b")), None);
}

#[tokio::test]
async fn a_gap_is_refused_and_the_answer_says_where_to_begin() {
    let hub = hub();
    for gap in [&[2][..], &[1, 3], &[2, 1], &[1, 2, 4]] {
        assert_eq!(hub.accept(gap).await.unwrap(), 0, "{gap:?}");
        assert_eq!(hub.numbers().await, [0; 0], "{gap:?}");
    }
    hub.accept(&[1, 2]).await.unwrap();
    for gap in [&[4][..], &[3, 5], &[1, 2, 3, 5]] {
        assert_eq!(hub.accept(gap).await.unwrap(), 2, "{gap:?}");
        assert_eq!(hub.numbers().await, [1, 2], "{gap:?}");
    }
}

#[tokio::test]
async fn a_site_moves_its_own_feed_and_nobody_else_any() {
    let hub = hub();
    let batch = || Batch { last: 1, changes: vec![stored(1)] };
    let machine = Principal::Machine("reader".into());
    for who in [Principal::Anonymous, Principal::Hub, machine] {
        let refused = hub.intake.accept(&who, batch()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{who}");
    }
    hub.intake.accept(&Principal::Site(site("b")), batch()).await.unwrap();
    assert!(copies(&hub.index, "a", 20).await.is_empty());
    assert_eq!(copies(&hub.index, "b", 20).await.len(), 1);
}

#[tokio::test]
async fn a_site_deletes_only_its_own_copies() {
    let hub = hub();
    store(&hub.index, "b", vec![instance(1, 0)]).await;
    hub.accept(&[1]).await.unwrap();
    let deleted = |uid: InstanceUid| Batch { last: 2, changes: vec![Change { number: 2, event: Event::Deleted(uid) }] };
    hub.intake.accept(&Principal::Site(site("a")), deleted(instance(1, 0).uid)).await.unwrap();
    assert!(copies(&hub.index, "a", 20).await.is_empty());
    assert_eq!(copies(&hub.index, "b", 20).await.len(), 1);
}

#[tokio::test]
async fn a_batch_above_the_limit_is_refused_whole() {
    let hub = hub();
    let numbers: Vec<u64> = (1..=MAX_BATCH as u64 + 1).collect();
    assert!(matches!(hub.accept(&numbers).await, Err(Error::Refused)));
    assert_eq!(hub.accept(&[]).await.unwrap(), 0);
    assert_eq!(hub.accept(&numbers[..MAX_BATCH]).await.unwrap(), MAX_BATCH as u64);
}
