//! How many studies match, so that a list knows its length.

use super::where_clause;
use crate::{error::Error, sqlite::fault::Fault};
use imaging_domain::{Level, Query};
use rusqlite::{Connection, params_from_iter};

/// Counts distinct studies and stops at `at_most`, so that the cost has a bound whatever is asked.
pub(in crate::sqlite) fn count(connection: &Connection, query: &Query, at_most: u32) -> Result<u32, Fault> {
    if query.level != Level::Study {
        return Err(Error::Invalid("only studies are counted").into());
    }
    let (conditions, mut values) = where_clause::of(query)?;
    values.push(at_most.to_string());
    let limit = values.len();
    let distinct = format!("SELECT DISTINCT s.StudyInstanceUID FROM study s WHERE {conditions}");
    let select = format!("SELECT count(*) FROM ({distinct} LIMIT CAST(?{limit} AS INTEGER))");
    let mut select = connection.prepare_cached(&select)?;
    Ok(select.query_row(params_from_iter(values), |row| row.get(0))?)
}
