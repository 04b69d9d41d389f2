//! Search: first the page of distinct results that match, in order, then what is said about each.

mod copies;
mod count;
mod describe;
mod joint;
mod name;
mod narrow;
mod order;
mod page;
mod pattern;
mod range;
mod where_clause;

pub(super) use count::count;

use super::fault::Fault;
use crate::ports::{Answer, Position};
use describe::Describer;
use imaging_domain::Query;
use rusqlite::Connection;

/// Study, series and instance UID of a result; those below its level are empty.
type Path = [String; 3];

pub(super) fn search(
    connection: &Connection,
    query: &Query,
    from: Option<&Position>,
) -> Result<(Answer, Option<Position>), Fault> {
    let page = page::read(connection, query, from)?;
    let mut describer = Describer::new(connection, query);
    let matches = page.paths.iter().map(|path| describer.describe(path)).collect::<Result<_, _>>()?;
    Ok((Answer { matches, more: page.next.is_some() }, page.next))
}
