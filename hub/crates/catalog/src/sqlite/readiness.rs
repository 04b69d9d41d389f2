//! Versions of series, and which of them wait.

use super::{Sqlite, fault::Fault, list};
use crate::{
    error::Error,
    ports::{Postponed, Readiness, Scope, SeriesVersion, version_of},
};
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use imaging_domain::{Digest, SeriesUid, StudyUid};
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeMap;

/// The most series one call answers.
const MAX_SERIES: usize = 10_000;

#[async_trait]
impl Readiness for Sqlite {
    async fn versions(&self, _permit: &Permit<View>, scope: &Scope) -> Result<Vec<SeriesVersion>, Error> {
        let scope = scope.clone();
        self.connections.read("read versions of series", move |c| versions(c, &scope)).await
    }

    async fn quiet(
        &self,
        _permit: &Permit<View>,
        until_ms: i64,
        limit: usize,
    ) -> Result<Vec<(StudyUid, SeriesUid)>, Error> {
        let limit = limit.min(MAX_SERIES);
        self.connections.read("list quiet series", move |c| quiet(c, until_ms, limit)).await
    }

    async fn settle(
        &self,
        _permit: &Permit<Store>,
        ready: Vec<SeriesVersion>,
        postponed: Vec<Postponed>,
    ) -> Result<(), Error> {
        if ready.is_empty() && postponed.is_empty() {
            return Ok(());
        }
        self.connections.write("settle series", move |t| settle(t, &ready, &postponed)).await
    }
}

fn versions(connection: &Connection, scope: &Scope) -> Result<Vec<SeriesVersion>, Fault> {
    let mut out = vec![];
    for (uid, rows) in list::series_of(connection, scope, None)? {
        let instances = match rows.as_slice() {
            [row] => at_one_site(connection, *row)?,
            rows => at_several_sites(connection, rows)?,
        };
        out.push(SeriesVersion {
            study: scope.study.clone(),
            series: SeriesUid::parse(&uid)?,
            version: version_of(instances.iter().map(|(uid, digest)| (uid.as_str(), digest))),
            instances: instances.len() as u64,
        });
    }
    Ok(out)
}

/// From the index `instance_of_series` alone.
fn at_one_site(connection: &Connection, series: i64) -> Result<Vec<(String, Digest)>, Fault> {
    let select = "SELECT SOPInstanceUID, digest FROM instance WHERE series = ?1 ORDER BY SOPInstanceUID";
    let mut select = connection.prepare_cached(select)?;
    let rows = select.query_map([series], |row| Ok((row.get(0)?, Digest(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Of each instance the copy that [`list::instances`] puts first.
fn at_several_sites(connection: &Connection, series: &[i64]) -> Result<Vec<(String, Digest)>, Fault> {
    let select = "SELECT i.SOPInstanceUID, i.stored_ms, t.site, i.digest, i.keeping > 2 FROM instance i JOIN site t ON t.id = i.site
                  WHERE i.series = ?1";
    let mut select = connection.prepare_cached(select)?;
    let mut first: BTreeMap<String, ((bool, i64, String), Digest)> = BTreeMap::new();
    for id in series {
        let mut found = select.query([id])?;
        while let Some(row) = found.next()? {
            let copy = ((row.get(4)?, row.get(1)?, row.get(2)?), Digest(row.get(3)?));
            let kept = first.entry(row.get(0)?).or_insert_with(|| copy.clone());
            if copy.0 < kept.0 {
                *kept = copy;
            }
        }
    }
    Ok(first.into_iter().map(|(uid, (_, digest))| (uid, digest)).collect())
}

fn quiet(connection: &Connection, until_ms: i64, limit: usize) -> Result<Vec<(StudyUid, SeriesUid)>, Fault> {
    let select = "SELECT s.StudyInstanceUID, e.SeriesInstanceUID, min(e.waiting_ms) AS since
        FROM series e JOIN study s ON s.id = e.study
        WHERE e.waiting_ms <= ?1 AND NOT EXISTS (
            SELECT 1 FROM series other JOIN study its ON its.id = other.study
            WHERE other.SeriesInstanceUID = e.SeriesInstanceUID AND its.StudyInstanceUID = s.StudyInstanceUID
              AND other.waiting_ms > ?1)
          AND NOT EXISTS (SELECT 1 FROM instance i INDEXED BY instance_nearline
            WHERE i.series = e.id AND i.keeping > 1 AND i.keeping = 3)
        GROUP BY 1, 2 ORDER BY since, 1, 2 LIMIT ?2";
    let mut select = connection.prepare_cached(select)?;
    let mut found = select.query(params![until_ms, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push((StudyUid::parse(&row.get::<_, String>(0)?)?, SeriesUid::parse(&row.get::<_, String>(1)?)?));
    }
    Ok(out)
}

fn settle(transaction: &Transaction<'_>, ready: &[SeriesVersion], postponed: &[Postponed]) -> Result<(), Fault> {
    let of_series = "id IN (SELECT e.id FROM series e JOIN study s ON s.id = e.study
        WHERE s.StudyInstanceUID = ?1 AND e.SeriesInstanceUID = ?2) AND waiting_ms IS NOT NULL";
    let mut end = transaction.prepare_cached(&format!("UPDATE series SET waiting_ms = NULL WHERE {of_series}"))?;
    for said in ready {
        // who changed since then waits on
        if versions(transaction, &said.scope())?.first() == Some(said) {
            end.execute(params![said.study.as_str(), said.series.as_str()])?;
        }
    }
    let mut put_off = transaction.prepare_cached(&format!("UPDATE series SET waiting_ms = ?3 WHERE {of_series}"))?;
    for later in postponed {
        put_off.execute(params![later.study.as_str(), later.series.as_str(), later.until_ms])?;
    }
    Ok(())
}
