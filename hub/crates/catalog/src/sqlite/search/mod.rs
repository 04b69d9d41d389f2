//! Search: first the page of distinct results that match, in order, then what is said about each.

mod copies;
mod describe;
mod pattern;
mod where_clause;

use super::fault::Fault;
use crate::ports::Answer;
use describe::Describer;
use imaging_domain::{Level, Query};
use rusqlite::{Connection, params_from_iter};
use std::collections::HashSet;

/// Study, series and instance UID of a result; those below its level are empty.
type Path = [String; 3];

pub(super) fn search(connection: &Connection, query: &Query) -> Result<Answer, Fault> {
    let (page, more) = page(connection, query)?;
    let mut describer = Describer::new(connection, query);
    let matches = page.iter().map(|path| describer.describe(path)).collect::<Result<_, _>>()?;
    Ok(Answer { matches, more })
}

/// Reads matching rows in order and passes over further copies of what was seen; stops when the page is full.
fn page(connection: &Connection, query: &Query) -> Result<(Vec<Path>, bool), Fault> {
    let offset = query.page.offset as usize;
    let limit = query.page.limit.clamp(1, imaging_domain::MAX_LIMIT) as usize;
    let (conditions, values) = where_clause::of(query)?;
    let mut select = connection.prepare_cached(&statement(query.level, &conditions))?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut seen = HashSet::new();
    let mut page = vec![];
    while let Some(row) = rows.next()? {
        let path: Path = [row.get(0)?, row.get(1)?, row.get(2)?];
        if seen.contains(&path) {
            continue;
        }
        if page.len() == limit {
            return Ok((page, true));
        }
        if seen.len() >= offset {
            page.push(path.clone());
        }
        seen.insert(path);
    }
    Ok((page, false))
}

/// The latest study first, then by number; the UIDs make the order total, so that pages do not overlap.
fn statement(level: Level, conditions: &str) -> String {
    const LATEST: &str = "s.StudyDate DESC, s.StudyTime DESC, s.StudyInstanceUID";
    const SERIES: &str = "CAST(e.SeriesNumber AS INTEGER), e.SeriesInstanceUID";
    const INSTANCE: &str = "CAST(i.InstanceNumber AS INTEGER), i.SOPInstanceUID";
    match level {
        Level::Study => {
            format!("SELECT s.StudyInstanceUID, '', '' FROM study s WHERE {conditions} ORDER BY {LATEST}")
        }
        Level::Series => format!(
            "SELECT s.StudyInstanceUID, e.SeriesInstanceUID, '' FROM study s JOIN series e ON e.study = s.id
             WHERE {conditions} ORDER BY {LATEST}, {SERIES}"
        ),
        Level::Instance => format!(
            "SELECT s.StudyInstanceUID, e.SeriesInstanceUID, i.SOPInstanceUID FROM study s
             JOIN series e ON e.study = s.id JOIN instance i ON i.series = e.id
             WHERE {conditions} ORDER BY {LATEST}, {SERIES}, {INSTANCE}"
        ),
    }
}
