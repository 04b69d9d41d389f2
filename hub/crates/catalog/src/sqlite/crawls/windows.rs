//! The windows of a pass that are still to be asked for, and those of which not all is known.

use super::super::fault::Fault;
use crate::ports::{CrawlWindow, WindowEnd};
use rusqlite::{Connection, Transaction, params};

pub(super) fn add(transaction: &Transaction<'_>, archive: &str, windows: &[CrawlWindow]) -> Result<(), Fault> {
    let insert = "INSERT OR IGNORE INTO crawl_window (archive, first, last) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(insert)?;
    for window in windows {
        insert.execute([archive, &window.first, &window.last])?;
    }
    Ok(())
}

pub(super) fn next(
    connection: &Connection,
    archive: &str,
    passed_over: &[CrawlWindow],
) -> Result<Option<CrawlWindow>, Fault> {
    let select = "SELECT first, last FROM crawl_window WHERE archive = ?1 AND cut = 0
                  ORDER BY last DESC, first DESC LIMIT ?2";
    let mut select = connection.prepare_cached(select)?;
    let windows = select.query_map(params![archive, passed_over.len() as i64 + 1], |row| {
        Ok(CrawlWindow { first: row.get(0)?, last: row.get(1)? })
    })?;
    for window in windows {
        let window = window?;
        if !passed_over.contains(&window) {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

pub(super) fn end(
    transaction: &Transaction<'_>,
    archive: &str,
    window: &CrawlWindow,
    end: &WindowEnd,
) -> Result<(), Fault> {
    let place = [archive, &window.first, &window.last];
    let at = "WHERE archive = ?1 AND first = ?2 AND last = ?3";
    if *end == WindowEnd::Cut {
        transaction.prepare_cached(&format!("UPDATE crawl_window SET cut = 1 {at}"))?.execute(place)?;
        return Ok(());
    }
    transaction.prepare_cached(&format!("DELETE FROM crawl_window {at}"))?.execute(place)?;
    match end {
        WindowEnd::Halved(halves) => add(transaction, archive, halves),
        WindowEnd::Whole | WindowEnd::Cut => Ok(()),
    }
}
