//! How many studies match, so that a list knows its length.

use super::{narrow, where_clause};
use crate::{error::Error, sqlite::fault::Fault};
use imaging_domain::{Level, Query};
use rusqlite::{Connection, params_from_iter};

/// Counts distinct studies and stops at `at_most`, so that the cost has a bound whatever is asked.
pub(in crate::sqlite) fn count(connection: &Connection, query: &Query, at_most: u32) -> Result<u32, Fault> {
    if query.level != Level::Study {
        return Err(Error::Invalid("only studies are counted").into());
    }
    let mut conditions = where_clause::of(query)?;
    if let Some(ids) = narrow::studies(connection, query)? {
        let bound = conditions.bind(&ids);
        conditions.and(&format!("s.id IN (SELECT value FROM json_each({bound}))"));
    }
    let limit = conditions.bind(&at_most.to_string());
    let distinct = format!("SELECT DISTINCT s.StudyInstanceUID FROM study s WHERE {}", conditions.sql());
    let select = format!("SELECT count(*) FROM ({distinct} LIMIT CAST({limit} AS INTEGER))");
    let mut select = connection.prepare_cached(&select)?;
    Ok(select.query_row(params_from_iter(&conditions.values), |row| row.get(0))?)
}
