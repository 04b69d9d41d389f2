//! Search: first the page of distinct results that match, in order, then what is said about each.

mod copies;
mod count;
mod describe;
mod pattern;
mod where_clause;

pub(super) use count::count;

use super::fault::Fault;
use crate::ports::Answer;
use describe::Describer;
use imaging_domain::{Level, Query, tags};
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
    let mut select = connection.prepare_cached(&statement(query, &conditions))?;
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
fn statement(query: &Query, conditions: &str) -> String {
    const LATEST: &str = "s.StudyDate DESC, s.StudyTime DESC, s.StudyInstanceUID";
    const SERIES: &str = "CAST(e.SeriesNumber AS INTEGER), e.SeriesInstanceUID";
    const INSTANCE: &str = "CAST(i.InstanceNumber AS INTEGER), i.SOPInstanceUID";
    let (columns, order) = match query.level {
        Level::Study => ("s.StudyInstanceUID, '', ''", LATEST.to_owned()),
        Level::Series => ("s.StudyInstanceUID, e.SeriesInstanceUID, ''", format!("{LATEST}, {SERIES}")),
        Level::Instance => {
            ("s.StudyInstanceUID, e.SeriesInstanceUID, i.SOPInstanceUID", format!("{LATEST}, {SERIES}, {INSTANCE}"))
        }
    };
    format!("SELECT {columns} FROM {} WHERE {conditions} ORDER BY {order}", tables(query))
}

/// Joins from the side where few rows are: SQLite keeps the order of a CROSS JOIN. From the study's side the rows come
/// in order by themselves; a UID further below is the one better way in.
fn tables(query: &Query) -> &'static str {
    let has = |tag| query.keys.iter().any(|key| key.attribute.path == [tag]);
    match query.level {
        Level::Study => "study s",
        Level::Series if has(tags::SERIES_INSTANCE_UID) => "series e CROSS JOIN study s ON s.id = e.study",
        Level::Series => "study s CROSS JOIN series e ON e.study = s.id",
        Level::Instance if has(tags::SOP_INSTANCE_UID) => {
            "instance i CROSS JOIN series e ON e.id = i.series CROSS JOIN study s ON s.id = e.study"
        }
        Level::Instance if has(tags::SERIES_INSTANCE_UID) => {
            "series e CROSS JOIN study s ON s.id = e.study CROSS JOIN instance i ON i.series = e.id"
        }
        Level::Instance => "study s CROSS JOIN series e ON e.study = s.id CROSS JOIN instance i ON i.series = e.id",
    }
}
