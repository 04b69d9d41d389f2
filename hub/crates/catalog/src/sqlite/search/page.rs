//! Which results are on a page.

use super::{
    Path, narrow, order,
    where_clause::{self, Conditions},
};
use crate::{ports::Position, sqlite::fault::Fault};
use imaging_domain::{Level, MAX_LIMIT, Query, tags};
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter, types::ValueRef};
use std::collections::HashSet;

/// From which offset on results are passed over by a statement of its own. The tests have few, and are to go both ways.
const FAR: u32 = if cfg!(test) { 2 } else { 500 };

/// A page of results.
pub(super) struct Page {
    pub(super) paths: Vec<Path>,
    /// Where the next one begins, when there is more.
    pub(super) next: Option<Position>,
}

/// Reads matching rows in order and passes over further copies of what was given; stops when the page is full.
pub(super) fn read(connection: &Connection, query: &Query, from: Option<&Position>) -> Result<Page, Fault> {
    let level = query.level;
    let limit = query.page.limit.clamp(1, MAX_LIMIT) as usize;
    let mut conditions = where_clause::of(query)?;
    let tables = match narrow::studies(connection, query)? {
        Some(ids) => narrowed(query, &conditions.bind(&ids)),
        None => tables(query).to_owned(),
    };
    let (mut from, mut offset) = (from.cloned(), query.page.offset);
    if from.is_none() && offset >= FAR {
        (from, offset) = (skip(connection, query, &tables, &conditions)?, 0);
        if from.is_none() {
            return Ok(Page { paths: vec![], next: None });
        }
    }
    if let Some(position) = &from {
        let after = order::after(level, position, &mut |value| conditions.bind(value))?;
        conditions.and(&after);
    }
    let mut copies = Copies::new(connection, query, from.is_some())?;
    let mut select = connection.prepare_cached(&statement(level, &tables, &conditions.sql()))?;
    let mut rows = select.query(params_from_iter(&conditions.values))?;
    let (mut skipped, mut paths, mut last) = (0, vec![], None);
    while let Some(row) = rows.next()? {
        if copies.is_again(row)? {
            continue;
        }
        if skipped < offset {
            skipped += 1;
        } else if paths.len() == limit {
            return Ok(Page { paths, next: last });
        } else {
            paths.push(path(level, row)?);
            if paths.len() == limit {
                last = Some(order::position(level, row)?);
            }
        }
    }
    Ok(Page { paths, next: None })
}

fn statement(level: Level, tables: &str, conditions: &str) -> String {
    let (columns, id, order) = (order::selected(level), order::row_id(level), order::by(level));
    format!("SELECT {columns}, s.shared, {id} FROM {tables} WHERE {conditions} ORDER BY {order}")
}

/// The position of the last result before an offset; `None` when there are no more. Of a row nothing is read but whether
/// it has copies, which is in the index of the order: without keys no row is looked at.
fn skip(
    connection: &Connection,
    query: &Query,
    tables: &str,
    conditions: &Conditions,
) -> Result<Option<Position>, Fault> {
    let (level, id) = (query.level, order::row_id(query.level));
    let path = order::uids(level);
    let order = order::by(level);
    let passing = format!(
        "SELECT CASE WHEN s.shared THEN {path} END, {id} FROM {tables} WHERE {} ORDER BY {order}",
        conditions.sql()
    );
    let mut passing = connection.prepare_cached(&passing)?;
    let mut rows = passing.query(params_from_iter(&conditions.values))?;
    let (mut seen, mut skipped) = (HashSet::new(), 0);
    while let Some(row) = rows.next()? {
        if let ValueRef::Text(path) = row.get_ref(0)?
            && !seen.insert(path.to_vec())
        {
            continue;
        }
        skipped += 1;
        if skipped == query.page.offset {
            let one = statement(level, whole_row(level), &format!("{id} = ?1"));
            let row: i64 = row.get(1)?;
            return Ok(Some(connection.prepare_cached(&one)?.query_row([row], |row| order::position(level, row))?));
        }
    }
    Ok(None)
}

fn path(level: Level, row: &Row<'_>) -> rusqlite::Result<Path> {
    let mut out = Path::default();
    for (uid, place) in out.iter_mut().zip(order::UIDS).take(level as usize + 1) {
        *uid = row.get(place)?;
    }
    Ok(out)
}

/// Rows of the same thing at several sites.
struct Copies<'c> {
    connection: &'c Connection,
    query: &'c Query,
    /// Conditions without a beginning.
    whole: Conditions,
    /// Whether there are rows before the first one read.
    is_resumed: bool,
    seen: HashSet<Path>,
}

impl<'c> Copies<'c> {
    fn new(connection: &'c Connection, query: &'c Query, is_resumed: bool) -> Result<Self, Fault> {
        Ok(Self { connection, query, whole: where_clause::of(query)?, is_resumed, seen: HashSet::new() })
    }

    /// Whether a copy that comes earlier matches too.
    fn is_again(&mut self, row: &Row<'_>) -> Result<bool, Fault> {
        let level = self.query.level;
        let count = order::count(level);
        if !row.get::<_, bool>(count)? {
            return Ok(false);
        }
        let path = path(level, row)?;
        if !self.is_resumed {
            return Ok(!self.seen.insert(path));
        }
        Ok(self.first(&path)? != Some(row.get(count + 1)?))
    }

    /// The row by which a result has its place.
    fn first(&self, path: &Path) -> Result<Option<i64>, Fault> {
        let level = self.query.level;
        let mut conditions = self.whole.clone();
        for (uid, column) in
            path.iter().zip(["s.StudyInstanceUID", "e.SeriesInstanceUID", "i.SOPInstanceUID"]).take(level as usize + 1)
        {
            let mark = conditions.bind(uid);
            conditions.and(&format!("{column} = {mark}"));
        }
        let statement = format!("{} LIMIT 1", statement(level, tables(self.query), &conditions.sql()));
        let mut select = self.connection.prepare_cached(&statement)?;
        let place = order::count(level) + 1;
        Ok(select.query_row(params_from_iter(&conditions.values), |row| row.get(place)).optional()?)
    }
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

/// What stands above a row, from the row on.
fn whole_row(level: Level) -> &'static str {
    match level {
        Level::Study => "study s",
        Level::Series => "series e CROSS JOIN study s ON s.id = e.study",
        Level::Instance => "instance i CROSS JOIN series e ON e.id = i.series CROSS JOIN study s ON s.id = e.study",
    }
}

/// From a few studies, whose rows are a JSON array.
fn narrowed(query: &Query, ids: &str) -> String {
    let below = match query.level {
        Level::Study => "",
        Level::Series => " CROSS JOIN series e ON e.study = s.id",
        Level::Instance => " CROSS JOIN series e ON e.study = s.id CROSS JOIN instance i ON i.series = e.id",
    };
    format!("json_each({ids}) few CROSS JOIN study s ON s.id = few.value{below}")
}
