//! The index at a glance. Counters are kept with each change, so nothing is counted here but conflicts.

use super::{fault::Fault, rows};
use crate::ports::{Conflict, Totals};
use imaging_domain::{Digest, InstanceUid, SiteSummary};
use rusqlite::Connection;

/// The most conflicts one call answers.
const MAX_CONFLICTS: usize = 10_000;

pub(super) fn conflicts(connection: &Connection, limit: usize) -> Result<Vec<Conflict>, Fault> {
    let select = "SELECT t.site, c.uid, c.kept, c.aside, c.at_ms FROM conflict c JOIN site t ON t.id = c.site
                  ORDER BY c.at_ms DESC, t.site, c.uid, c.aside LIMIT ?1";
    let mut select = connection.prepare_cached(select)?;
    let mut found = select.query([limit.min(MAX_CONFLICTS) as i64])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push(Conflict {
            site: rows::site_id(row, 0)?,
            instance: InstanceUid::parse(&row.get::<_, String>(1)?)?,
            kept: Digest(row.get(2)?),
            aside: Digest(row.get(3)?),
            at_ms: row.get(4)?,
        });
    }
    Ok(out)
}

pub(super) fn totals(connection: &Connection) -> Result<Totals, Fault> {
    let select = "SELECT studies, series, instances, (SELECT count(*) FROM conflict) FROM total";
    Ok(connection.prepare_cached(select)?.query_row([], |row| {
        Ok(Totals {
            studies: row.get::<_, i64>(0)? as u64,
            series: row.get::<_, i64>(1)? as u64,
            instances: row.get::<_, i64>(2)? as u64,
            conflicts: row.get::<_, i64>(3)? as u64,
        })
    })?)
}

pub(super) fn sites(connection: &Connection) -> Result<Vec<SiteSummary>, Fault> {
    let select = "SELECT site, name, studies, instances, max(written, applied), last_change_ms, held_by_hub FROM site
                  ORDER BY site";
    let mut select = connection.prepare_cached(select)?;
    let mut found = select.query([])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push(SiteSummary {
            backlog: None,
            site: rows::site_id(row, 0)?,
            name: row.get(1)?,
            held_by_hub: row.get(6)?,
            studies: row.get::<_, i64>(2)? as u64,
            instances: row.get::<_, i64>(3)? as u64,
            position: row.get::<_, i64>(4)? as u64,
            last_change_ms: row.get(5)?,
        });
    }
    Ok(out)
}
