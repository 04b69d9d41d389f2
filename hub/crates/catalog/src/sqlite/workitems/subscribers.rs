//! Who is told of steps of work.

use crate::{
    error::Error,
    ports::{DeletionLock, MAX_OF_ONE, MAX_SUBSCRIBERS, Standing, Subscriber},
    sqlite::fault::Fault,
};
use imaging_domain::{AeTitle, InstanceUid};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

pub(super) fn standing(connection: &Connection) -> Result<Vec<Standing>, Fault> {
    let select = "SELECT owner, ae, filter, deletion_lock FROM workitem_subscriber WHERE standing ORDER BY owner, ae";
    let mut select = connection.prepare_cached(select)?;
    let rows = select.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, bool>(3)?))
    })?;
    let read = rows.map(|row| {
        let (owner, ae, filter, is_held) = row?;
        Ok(Standing { subscriber: Subscriber { owner, ae: AeTitle::parse(&ae)? }, filter, lock: is_held.into() })
    });
    read.collect()
}

pub(super) fn put(transaction: &Transaction<'_>, standing: &Standing) -> Result<(), Fault> {
    let id = id(transaction, &standing.subscriber)?;
    let update = "UPDATE workitem_subscriber SET standing = 1, filter = ?2, deletion_lock = ?3 WHERE id = ?1";
    transaction.prepare_cached(update)?.execute(params![id, standing.filter, standing.lock.is_held()])?;
    Ok(())
}

pub(super) fn end(transaction: &Transaction<'_>, subscriber: &Subscriber) -> Result<bool, Fault> {
    let update = "UPDATE workitem_subscriber SET standing = 0, filter = NULL, deletion_lock = 0
                  WHERE owner = ?1 AND ae = ?2 AND standing";
    let values = params![subscriber.owner, subscriber.ae.as_str()];
    let ended = transaction.prepare_cached(update)?.execute(values)? > 0;
    tidy(transaction)?;
    Ok(ended)
}

/// The row of a subscriber, made when there is none.
pub(super) fn id(transaction: &Transaction<'_>, subscriber: &Subscriber) -> Result<i64, Fault> {
    let values = params![subscriber.owner, subscriber.ae.as_str()];
    let select = "SELECT id FROM workitem_subscriber WHERE owner = ?1 AND ae = ?2";
    if let Some(id) = transaction.prepare_cached(select)?.query_row(values, |row| row.get(0)).optional()? {
        return Ok(id);
    }
    tidy(transaction)?;
    let count = "SELECT count(*), coalesce(sum(owner = ?1), 0) FROM workitem_subscriber";
    let mut count = transaction.prepare_cached(count)?;
    let (all, own): (i64, i64) = count.query_row([&subscriber.owner], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if all >= MAX_SUBSCRIBERS as i64 || own >= MAX_OF_ONE as i64 {
        return Err(Error::Invalid("there are too many subscribers").into());
    }
    transaction.prepare_cached("INSERT INTO workitem_subscriber (owner, ae) VALUES (?1, ?2)")?.execute(values)?;
    Ok(transaction.last_insert_rowid())
}

pub(super) fn watch(
    transaction: &Transaction<'_>,
    subscriber: i64,
    uid: &InstanceUid,
    lock: DeletionLock,
) -> Result<bool, Fault> {
    let insert = "INSERT INTO workitem_watch (workitem, subscriber, deletion_lock)
                  SELECT id, ?1, ?3 FROM workitem WHERE uid = ?2
                  ON CONFLICT DO UPDATE SET deletion_lock = excluded.deletion_lock";
    let watched = transaction.prepare_cached(insert)?.execute(params![subscriber, uid.as_str(), lock.is_held()])? > 0;
    if !watched {
        tidy(transaction)?;
    }
    Ok(watched)
}

pub(super) fn watch_these(
    transaction: &Transaction<'_>,
    subscriber: &Subscriber,
    uids: &[InstanceUid],
    lock: DeletionLock,
) -> Result<(), Fault> {
    let id = id(transaction, subscriber)?;
    let uids: Vec<&str> = uids.iter().map(InstanceUid::as_str).collect();
    let uids = serde_json::Value::from(uids).to_string();
    let insert = "INSERT INTO workitem_watch (workitem, subscriber, deletion_lock)
                  SELECT id, ?1, ?3 FROM workitem WHERE uid IN (SELECT value FROM json_each(?2))
                  ON CONFLICT DO UPDATE SET deletion_lock = max(deletion_lock, excluded.deletion_lock)";
    transaction.prepare_cached(insert)?.execute(params![id, uids, lock.is_held()])?;
    tidy(transaction)
}

pub(super) fn end_watch(
    transaction: &Transaction<'_>,
    subscriber: &Subscriber,
    uid: Option<&InstanceUid>,
) -> Result<bool, Fault> {
    let delete = "DELETE FROM workitem_watch
                  WHERE subscriber = (SELECT id FROM workitem_subscriber WHERE owner = ?1 AND ae = ?2)
                  AND (?3 IS NULL OR workitem = (SELECT id FROM workitem WHERE uid = ?3))";
    let values = params![subscriber.owner, subscriber.ae.as_str(), uid.map(InstanceUid::as_str)];
    let ended = transaction.prepare_cached(delete)?.execute(values)? > 0;
    tidy(transaction)?;
    Ok(ended)
}

pub(super) fn of(connection: &Connection, uid: &InstanceUid) -> Result<Vec<Subscriber>, Fault> {
    let select = "SELECT s.owner, s.ae FROM workitem_watch o JOIN workitem w ON w.id = o.workitem
                  JOIN workitem_subscriber s ON s.id = o.subscriber WHERE w.uid = ?1 ORDER BY s.owner, s.ae";
    let mut select = connection.prepare_cached(select)?;
    let rows = select.query_map([uid.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (owner, ae) = row?;
        Ok(Subscriber { owner, ae: AeTitle::parse(&ae)? })
    })
    .collect()
}

/// Forgets subscribers that are told nothing.
fn tidy(transaction: &Transaction<'_>) -> Result<(), Fault> {
    let delete = "DELETE FROM workitem_subscriber WHERE NOT standing
                  AND NOT EXISTS (SELECT 1 FROM workitem_watch o WHERE o.subscriber = workitem_subscriber.id)";
    transaction.prepare_cached(delete)?.execute([])?;
    Ok(())
}
