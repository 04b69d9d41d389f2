//! The feed: written beside the rows, rebuilt from them, applied to them.

use super::{
    Sqlite,
    batch::Batch,
    fault::Fault,
    put::Origin,
    rows::{self, COPY, COPY_TABLES, Reader},
};
use crate::{
    error::Error,
    ports::{ChangeFeed, Orders},
};
use access_control::{Feed, Permit};
use async_trait::async_trait;
use imaging_domain::{Change, Event, InstanceUid, SiteId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeMap;

/// The most lines one call answers.
const MAX_LINES: usize = 10_000;

#[async_trait]
impl ChangeFeed for Sqlite {
    async fn changes_after(
        &self,
        _permit: &Permit<Feed>,
        site: &SiteId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Change>, Error> {
        let site = site.clone();
        self.connections.read("read changes", move |c| changes_after(c, &site, after, limit.min(MAX_LINES))).await
    }

    async fn last_number(&self, _permit: &Permit<Feed>, site: &SiteId) -> Result<u64, Error> {
        let site = site.clone();
        self.connections.read("read the last number", move |c| number(c, "written", &site)).await
    }

    async fn position(&self, _permit: &Permit<Feed>, site: &SiteId) -> Result<u64, Error> {
        let site = site.clone();
        self.connections.read("read a position", move |c| number(c, "applied", &site)).await
    }

    async fn apply(
        &self,
        _permit: &Permit<Feed>,
        site: &SiteId,
        changes: Vec<Change>,
        now_ms: i64,
    ) -> Result<u64, Error> {
        let site = site.clone();
        self.connections.write("apply changes", move |t| apply(t, &site, changes, now_ms)).await
    }
}

fn number(connection: &Connection, column: &'static str, site: &SiteId) -> Result<u64, Fault> {
    let mut select = connection.prepare_cached(&format!("SELECT {column} FROM site WHERE site = ?1"))?;
    let number: Option<i64> = select.query_row([site.as_str()], |row| row.get(0)).optional()?;
    Ok(number.unwrap_or(0) as u64)
}

fn apply(transaction: &Transaction<'_>, site: &SiteId, changes: Vec<Change>, now_ms: i64) -> Result<u64, Fault> {
    let held = number(transaction, "applied", site)?;
    let mut position = held;
    let mut batch = Batch::new(transaction);
    for change in changes {
        if change.number <= position {
            continue;
        }
        let first = match change.event {
            Event::Superseded(first) => first.min(change.number),
            _ => change.number,
        };
        if first > position + 1 {
            return Err(Error::Gap { wanted: position + 1, got: first }.into());
        }
        match change.event {
            Event::Stored(instance) => drop(batch.put(site, *instance, Origin::Feed(now_ms), &Orders::default())?),
            Event::Deleted(uid) => batch.delete(site, &uid, now_ms)?,
            Event::Superseded(_) => {}
        }
        position = change.number;
    }
    if position > held {
        let id = batch.site(site)?.id;
        batch.flush()?;
        let update = "UPDATE site SET applied = ?2, last_change_ms = ?3 WHERE id = ?1";
        transaction.prepare_cached(update)?.execute(params![id, position as i64, now_ms])?;
    }
    Ok(position)
}

fn changes_after(connection: &Connection, site: &SiteId, after: u64, limit: usize) -> Result<Vec<Change>, Fault> {
    let Some(site) = rows::site(connection, site)? else { return Ok(vec![]) };
    let window = params![site, i64::try_from(after).unwrap_or(i64::MAX), limit as i64];
    let mut lines = BTreeMap::new();
    let deleted = "SELECT change, uid FROM deletion WHERE site = ?1 AND change > ?2 ORDER BY change LIMIT ?3";
    let mut deleted = connection.prepare_cached(deleted)?;
    let mut found = deleted.query(window)?;
    while let Some(row) = found.next()? {
        lines.insert(row.get::<_, i64>(0)?, Event::Deleted(InstanceUid::parse(&row.get::<_, String>(1)?)?));
    }
    let stored = format!(
        "SELECT {COPY}, i.change FROM {COPY_TABLES} WHERE i.site = ?1 AND i.change > ?2 ORDER BY i.change LIMIT ?3"
    );
    let mut stored = connection.prepare_cached(&stored)?;
    let mut found = stored.query(window)?;
    let mut reader = Reader::new(connection);
    while let Some(row) = found.next()? {
        let instance = reader.copy(row)?.instance;
        lines.insert(row.get::<_, i64>(15)?, Event::Stored(Box::new(instance)));
    }
    let lines = lines.into_iter().map(|(number, event)| Change { number: number as u64, event });
    Ok(without_gaps(lines, after, limit))
}

/// The first lines, with one for each row of numbers between them that no line has any more.
fn without_gaps(lines: impl Iterator<Item = Change>, after: u64, limit: usize) -> Vec<Change> {
    let (mut out, mut next) = (vec![], after.saturating_add(1));
    for change in lines {
        if change.number > next {
            out.push(Change { number: change.number - 1, event: Event::Superseded(next) });
        }
        next = change.number + 1;
        out.push(change);
        if out.len() >= limit {
            break;
        }
    }
    out.truncate(limit);
    out
}
