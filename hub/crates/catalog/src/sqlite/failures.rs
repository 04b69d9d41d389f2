//! What went wrong with what was sent here.

use super::{Sqlite, fault::Fault};
use crate::{
    error::Error,
    ports::{Failed, Failures, MAX_FAILURES},
};
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;
use rusqlite::{Connection, Transaction, params};

#[async_trait]
impl Failures for Sqlite {
    async fn failures(&self, _permit: &Permit<Overview>) -> Result<Vec<Failed>, Error> {
        self.connections.read("read failures", list).await
    }

    async fn put_failures(&self, _permit: &Permit<Store>, failures: Vec<Failed>) -> Result<(), Error> {
        self.connections.write("keep failures", move |transaction| put(transaction, &failures)).await
    }
}

fn list(connection: &Connection) -> Result<Vec<Failed>, Fault> {
    let select = "SELECT sender, why, detail, times, last_ms FROM failure
                  ORDER BY last_ms DESC, sender, why, detail LIMIT ?1";
    let mut select = connection.prepare_cached(select)?;
    let read = select.query_map([MAX_FAILURES as i64], |row| {
        let times = row.get::<_, i64>(3)?.unsigned_abs();
        Ok(Failed { sender: row.get(0)?, why: row.get(1)?, detail: row.get(2)?, times, last_ms: row.get(4)? })
    })?;
    Ok(read.collect::<Result<_, _>>()?)
}

fn put(transaction: &Transaction<'_>, failures: &[Failed]) -> Result<(), Fault> {
    transaction.execute("DELETE FROM failure", [])?;
    let insert = "INSERT INTO failure (sender, why, detail, times, last_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                  ON CONFLICT DO UPDATE SET times = times + excluded.times, last_ms = max(last_ms, excluded.last_ms)";
    let mut insert = transaction.prepare_cached(insert)?;
    for Failed { sender, why, detail, times, last_ms } in failures.iter().take(MAX_FAILURES) {
        insert.execute(params![sender, why, detail, i64::try_from(*times).unwrap_or(i64::MAX), last_ms])?;
    }
    Ok(())
}
