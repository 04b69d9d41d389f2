//! Queues to other application entities, and what is held.

mod held;

pub(super) use held::forget as forget_held;

use super::{Sqlite, batch::Batch, fault::Fault};
use crate::{
    error::Error,
    ports::{HeldStudy, Queued, RouteState, Routes},
};
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;
use imaging_domain::{AeTitle, Instance, InstanceUid, SeriesUid, SiteId, StudyUid};
use rusqlite::{Connection, Row, Transaction, params};

/// The most rows that one call answers.
const MAX_ROWS: usize = 10_000;

#[async_trait]
impl Routes for Sqlite {
    async fn waiting(
        &self,
        _permit: &Permit<Overview>,
        destination: &AeTitle,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Queued>, Error> {
        let (destination, limit) = (destination.clone(), limit.min(MAX_ROWS));
        self.connections.read("read a queue", move |c| waiting(c, &destination, after, limit)).await
    }

    async fn sent(&self, _permit: &Permit<Store>, ids: Vec<i64>) -> Result<(), Error> {
        let delete = move |t: &Transaction<'_>| {
            let mut delete = t.prepare_cached("DELETE FROM outgoing WHERE id = ?1")?;
            ids.iter().try_for_each(|id| delete.execute([id]).map(drop))?;
            Ok(())
        };
        self.connections.write("shorten a queue", delete).await
    }

    async fn refused(&self, _permit: &Permit<Store>, id: i64, why: &str) -> Result<(), Error> {
        let why = why.to_owned();
        let update = move |t: &Transaction<'_>| {
            t.prepare_cached("UPDATE outgoing SET failed = 1, why = ?2 WHERE id = ?1")?.execute(params![id, why])?;
            Ok(())
        };
        self.connections.write("keep a failure", update).await
    }

    async fn retry(&self, _permit: &Permit<Store>, destination: Option<&AeTitle>) -> Result<u64, Error> {
        let destination = destination.cloned();
        let update = move |t: &Transaction<'_>| {
            let update = "UPDATE outgoing SET failed = 0, why = ''
                          WHERE failed = 1 AND (?1 IS NULL OR destination = ?1)";
            Ok(t.execute(update, [destination.as_ref().map(AeTitle::as_str)])? as u64)
        };
        self.connections.write("try failures again", update).await
    }

    async fn destinations(&self, _permit: &Permit<Overview>) -> Result<Vec<AeTitle>, Error> {
        self.connections.read("look for queues", destinations).await
    }

    async fn routes(&self, _permit: &Permit<Overview>) -> Result<Vec<RouteState>, Error> {
        self.connections.read("count queues", routes).await
    }

    async fn held(&self, _permit: &Permit<Overview>, limit: usize) -> Result<Vec<HeldStudy>, Error> {
        let limit = limit.min(MAX_ROWS);
        self.connections.read("list what is held", move |c| held::list(c, limit)).await
    }

    async fn release(
        &self,
        _permit: &Permit<Store>,
        site: &SiteId,
        study: &StudyUid,
        now_ms: i64,
    ) -> Result<u64, Error> {
        let (site, study) = (site.clone(), study.clone());
        self.connections.write("release a study", move |t| held::release(t, &site, &study, now_ms)).await
    }
}

fn waiting(connection: &Connection, destination: &AeTitle, after: i64, limit: usize) -> Result<Vec<Queued>, Fault> {
    let select = "SELECT id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, SOPClassUID, transfer_syntax
                  FROM outgoing WHERE destination = ?1 AND failed = 0 AND id > ?2 ORDER BY id LIMIT ?3";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query(params![destination.as_str(), after, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push(queued(row)?);
    }
    Ok(out)
}

fn queued(row: &Row<'_>) -> Result<Queued, Fault> {
    let text = |column| row.get::<_, String>(column);
    Ok(Queued {
        id: row.get(0)?,
        study: StudyUid::parse(&text(1)?)?,
        series: SeriesUid::parse(&text(2)?)?,
        instance: InstanceUid::parse(&text(3)?)?,
        sop_class: text(4)?,
        transfer_syntax: text(5)?,
    })
}

fn destinations(connection: &Connection) -> Result<Vec<AeTitle>, Fault> {
    // from one title to the next along the index
    let select = "WITH RECURSIVE titles (title) AS (
                    SELECT min(destination) FROM outgoing
                    UNION ALL
                    SELECT (SELECT min(destination) FROM outgoing WHERE destination > title)
                    FROM titles WHERE title IS NOT NULL)
                  SELECT title FROM titles
                  WHERE EXISTS (SELECT 1 FROM outgoing WHERE destination = title AND failed = 0)";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query([])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push(AeTitle::parse(&row.get::<_, String>(0)?)?);
    }
    Ok(out)
}

fn routes(connection: &Connection) -> Result<Vec<RouteState>, Fault> {
    let select = "SELECT destination, sum(failed = 0), sum(failed), min(iif(failed = 0, queued_ms, NULL)),
                         coalesce((SELECT why FROM outgoing f WHERE f.destination = o.destination AND f.failed = 1
                                   ORDER BY f.id DESC LIMIT 1), '')
                  FROM outgoing o GROUP BY destination ORDER BY destination";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query([])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push(RouteState {
            destination: AeTitle::parse(&row.get::<_, String>(0)?)?,
            waiting: row.get::<_, i64>(1)? as u64,
            failed: row.get::<_, i64>(2)? as u64,
            oldest_ms: row.get(3)?,
            why: row.get(4)?,
        });
    }
    Ok(out)
}

impl Batch<'_> {
    /// Queues an instance of a site for each destination.
    pub(super) fn send_on(
        &self,
        site: i64,
        instance: &Instance,
        send_to: &[AeTitle],
        queued_ms: i64,
    ) -> Result<(), Fault> {
        let insert = "INSERT INTO outgoing (destination, site, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID,
                          SOPClassUID, transfer_syntax, queued_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                      ON CONFLICT DO NOTHING";
        let class = instance.sop_class.as_ref().map_or("", |class| class.as_str());
        for destination in send_to {
            let (study, series, uid) = (instance.study.as_str(), instance.series.as_str(), instance.uid.as_str());
            let syntax = &instance.transfer_syntax;
            let row = params![destination.as_str(), site, study, series, uid, class, syntax, queued_ms];
            self.transaction.prepare_cached(insert)?.execute(row)?;
        }
        Ok(())
    }

    /// Forgets what is to be done with an instance that goes.
    pub(super) fn forget_orders(&self, site: i64, uid: &InstanceUid) -> Result<(), Fault> {
        for delete in [
            "DELETE FROM outgoing WHERE SOPInstanceUID = ?1 AND site = ?2",
            "DELETE FROM coerced WHERE SOPInstanceUID = ?1 AND site = ?2",
        ] {
            self.transaction.prepare_cached(delete)?.execute(params![uid.as_str(), site])?;
        }
        Ok(())
    }
}
