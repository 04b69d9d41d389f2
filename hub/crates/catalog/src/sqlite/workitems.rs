//! The region's worklist.

mod rows;
mod search;
mod subscribers;

use super::{Sqlite, fault::Fault};
use crate::{
    error::Error,
    ports::{DeletionLock, Known, Standing, Subscriber, Workitem, WorkitemPart, Workitems},
};
use access_control::{Permit, View, Work};
use async_trait::async_trait;
use imaging_domain::{InstanceUid, Query, json};
use rows::Raw;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

#[async_trait]
impl Workitems for Sqlite {
    async fn add_workitem(
        &self,
        _permit: &Permit<Work>,
        item: Workitem,
        told: Vec<(Subscriber, DeletionLock)>,
    ) -> Result<bool, Error> {
        self.connections.write("add a step of work", move |transaction| add(transaction, &item, &told)).await
    }

    async fn workitem(&self, _permit: &Permit<View>, uid: &InstanceUid) -> Result<Known, Error> {
        let uid = uid.clone();
        self.connections.read("read a step of work", move |connection| known(connection, &uid)).await
    }

    async fn change_workitem(&self, _permit: &Permit<Work>, item: Workitem) -> Result<bool, Error> {
        self.connections.write("change a step of work", move |transaction| change(transaction, &item)).await
    }

    async fn workitems(&self, _permit: &Permit<View>, query: &Query, from: Option<i64>) -> Result<WorkitemPart, Error> {
        let query = query.clone();
        self.connections.read("search steps of work", move |connection| search::part(connection, &query, from)).await
    }

    async fn forget_workitems(&self, _permit: &Permit<Work>, before_ms: i64, at_most: usize) -> Result<usize, Error> {
        self.connections.write("forget steps of work", move |transaction| forget(transaction, before_ms, at_most)).await
    }

    async fn standing(&self, _permit: &Permit<View>) -> Result<Vec<Standing>, Error> {
        self.connections.read("list subscribers", subscribers::standing).await
    }

    async fn put_standing(&self, _permit: &Permit<View>, standing: Standing) -> Result<(), Error> {
        self.connections.write("subscribe", move |transaction| subscribers::put(transaction, &standing)).await
    }

    async fn end_standing(&self, _permit: &Permit<View>, subscriber: &Subscriber) -> Result<bool, Error> {
        let subscriber = subscriber.clone();
        self.connections.write("suspend", move |transaction| subscribers::end(transaction, &subscriber)).await
    }

    async fn watch(
        &self,
        _permit: &Permit<View>,
        subscriber: &Subscriber,
        uid: &InstanceUid,
        lock: DeletionLock,
    ) -> Result<bool, Error> {
        let (subscriber, uid) = (subscriber.clone(), uid.clone());
        let write = move |transaction: &Transaction<'_>| {
            let subscriber = subscribers::id(transaction, &subscriber)?;
            subscribers::watch(transaction, subscriber, &uid, lock)
        };
        self.connections.write("subscribe", write).await
    }

    async fn watch_these(
        &self,
        _permit: &Permit<View>,
        subscriber: &Subscriber,
        uids: Vec<InstanceUid>,
        lock: DeletionLock,
    ) -> Result<(), Error> {
        let subscriber = subscriber.clone();
        let write =
            move |transaction: &Transaction<'_>| subscribers::watch_these(transaction, &subscriber, &uids, lock);
        self.connections.write("subscribe", write).await
    }

    async fn end_watch(
        &self,
        _permit: &Permit<View>,
        subscriber: &Subscriber,
        uid: Option<&InstanceUid>,
    ) -> Result<bool, Error> {
        let (subscriber, uid) = (subscriber.clone(), uid.cloned());
        let write = move |transaction: &Transaction<'_>| subscribers::end_watch(transaction, &subscriber, uid.as_ref());
        self.connections.write("unsubscribe", write).await
    }

    async fn watchers(&self, _permit: &Permit<View>, uid: &InstanceUid) -> Result<Vec<Subscriber>, Error> {
        let uid = uid.clone();
        self.connections.read("list subscribers", move |connection| subscribers::of(connection, &uid)).await
    }
}

fn add(transaction: &Transaction<'_>, item: &Workitem, told: &[(Subscriber, DeletionLock)]) -> Result<bool, Fault> {
    let insert = "INSERT INTO workitem (uid, state, transaction_uid, attributes, version, changed_ms)
                  SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?1 NOT IN (SELECT uid FROM workitem_forgotten)
                  ON CONFLICT DO NOTHING";
    let version = i64::try_from(item.version).unwrap_or(i64::MAX);
    let (text, state) = (json::to_text(&item.attributes, &|_, _| None), item.state.word());
    let values = params![item.uid.as_str(), state, item.transaction, text, version, item.changed_ms];
    if transaction.prepare_cached(insert)?.execute(values)? == 0 {
        return Ok(false);
    }
    for (subscriber, lock) in told {
        let subscriber = subscribers::id(transaction, subscriber)?;
        subscribers::watch(transaction, subscriber, &item.uid, *lock)?;
    }
    Ok(true)
}

fn known(connection: &Connection, uid: &InstanceUid) -> Result<Known, Fault> {
    let select = "SELECT id, uid, state, transaction_uid, attributes, version, changed_ms FROM workitem WHERE uid = ?1";
    let mut select = connection.prepare_cached(select)?;
    if let Some(raw) = select.query_row([uid.as_str()], Raw::read).optional()? {
        return Ok(Known::Here(Box::new(raw.workitem()?)));
    }
    let forgotten = "SELECT 1 FROM workitem_forgotten WHERE uid = ?1";
    let was_here = connection.prepare_cached(forgotten)?.exists([uid.as_str()])?;
    Ok(if was_here { Known::Forgotten } else { Known::Never })
}

fn change(transaction: &Transaction<'_>, item: &Workitem) -> Result<bool, Fault> {
    let update =
        "UPDATE workitem SET state = ?2, transaction_uid = ?3, attributes = ?4, version = version + 1, changed_ms = ?6
                  WHERE uid = ?1 AND version = ?5";
    let version = i64::try_from(item.version).unwrap_or(i64::MAX);
    let (text, state) = (json::to_text(&item.attributes, &|_, _| None), item.state.word());
    let values = params![item.uid.as_str(), state, item.transaction, text, version, item.changed_ms];
    Ok(transaction.prepare_cached(update)?.execute(values)? > 0)
}

fn forget(transaction: &Transaction<'_>, before_ms: i64, at_most: usize) -> Result<usize, Fault> {
    let select = "SELECT id, uid FROM workitem w WHERE state IN ('COMPLETED', 'CANCELED') AND changed_ms <= ?1
                  AND NOT EXISTS (SELECT 1 FROM workitem_watch o WHERE o.workitem = w.id AND o.deletion_lock) LIMIT ?2";
    let mut select = transaction.prepare_cached(select)?;
    let ended = select.query_map(params![before_ms, at_most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let ended: Vec<(i64, String)> = ended.collect::<Result<_, _>>()?;
    for (id, uid) in &ended {
        transaction.prepare_cached("INSERT OR IGNORE INTO workitem_forgotten (uid) VALUES (?1)")?.execute([uid])?;
        transaction.prepare_cached("DELETE FROM workitem WHERE id = ?1")?.execute([id])?;
    }
    Ok(ended.len())
}
