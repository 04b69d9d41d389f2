//! What an archive said it has against what is here.

use super::{super::fault::Fault, last_pass, studies::HELD};
use crate::ports::{Amount, CrawlReport, GivenUp};
use imaging_domain::StudyUid;
use rusqlite::{Connection, Row, params};

pub(super) fn count(connection: &Connection, archive: &str) -> Result<CrawlReport, Fault> {
    let Some(pass) = last_pass(connection, archive)? else { return Ok(CrawlReport::default()) };
    let select = format!(
        "SELECT count(*), total(told), total(whole), total(CASE WHEN told IS NULL THEN held ELSE min(held, told) END),
           total(told IS NULL), total(state = 'waiting'), total(state = 'given up'),
           total(first_pass = ?2), total(changed_pass = ?2), total(min(left_out, max(told - held, 0)))
         FROM (SELECT *, CASE WHEN told IS NULL THEN state = 'whole' ELSE held + left_out >= told END AS whole
           FROM (SELECT *, {HELD} AS held FROM crawl_study
             WHERE archive = ?1 AND seen_pass >= ?3 AND state <> 'gone'))"
    );
    let since = pass.number - u64::from(pass.ended_ms.is_none());
    let number = |row: &Row<'_>, at: usize| row.get::<_, f64>(at).map(|count| count as u64);
    let report =
        connection.prepare_cached(&select)?.query_row(params![archive, pass.number as i64, since as i64], |row| {
            Ok(CrawlReport {
                told: Amount { studies: row.get::<_, i64>(0)? as u64, instances: number(row, 1)? },
                arrived: Amount { studies: number(row, 2)?, instances: number(row, 3)? },
                untold: number(row, 4)?,
                waiting: number(row, 5)?,
                given_up: number(row, 6)?,
                new: number(row, 7)?,
                changed: number(row, 8)?,
                left_out: number(row, 9)?,
                ..CrawlReport::default()
            })
        })?;
    let one = |select: &str, pass: i64| -> Result<u64, Fault> {
        let count: i64 = connection.prepare_cached(select)?.query_row(params![archive, pass], |row| row.get(0))?;
        Ok(count as u64)
    };
    let windows = "SELECT count(*) FROM crawl_window WHERE archive = ?1 AND cut = ?2";
    let gone = "SELECT count(*) FROM crawl_study WHERE archive = ?1 AND state = 'gone' AND changed_pass = ?2";
    Ok(CrawlReport {
        gone: one(gone, pass.number as i64)?,
        windows_waiting: one(windows, 0)?,
        windows_cut: one(windows, 1)?,
        ..report
    })
}

pub(super) fn given_up(connection: &Connection, archive: &str, limit: usize) -> Result<Vec<GivenUp>, Fault> {
    let select = format!(
        "SELECT StudyInstanceUID, told, {HELD}, why FROM crawl_study WHERE archive = ?1 AND state = 'given up'
           AND seen_pass >= (SELECT max(number) - (ended_ms IS NULL) FROM crawl_pass WHERE archive = ?1)
         ORDER BY StudyDate DESC, StudyInstanceUID LIMIT ?2"
    );
    let mut select = connection.prepare_cached(&select)?;
    let mut found = select.query(params![archive, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push(GivenUp {
            study: StudyUid::parse(&row.get::<_, String>(0)?)?,
            told: row.get::<_, Option<i64>>(1)?.map(|count| count as u64),
            held: row.get::<_, i64>(2)? as u64,
            why: row.get(3)?,
        });
    }
    Ok(out)
}
