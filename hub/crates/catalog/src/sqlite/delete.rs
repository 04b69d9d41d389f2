//! An instance goes, and with the last one its series and its study.

use super::{batch::Batch, fault::Fault, gone, names};
use imaging_domain::{InstanceUid, SiteId};
use rusqlite::{OptionalExtension, params};

struct Row {
    id: i64,
    series: i64,
    study: i64,
    class: String,
    change: Option<i64>,
}

impl Batch<'_> {
    /// Deletes an instance of a site at a time (milliseconds since 1970 UTC); nothing when it is not there. That it was here
    /// stays known.
    pub(super) fn delete(&mut self, site: &SiteId, uid: &InstanceUid, now_ms: i64) -> Result<(), Fault> {
        gone::note(self.transaction, site, uid)?;
        self.take_out(site, uid, now_ms)
    }

    /// The same for another that takes its place: then nothing was deleted.
    pub(super) fn take_out(&mut self, site: &SiteId, uid: &InstanceUid, now_ms: i64) -> Result<(), Fault> {
        // The counts in memory must be in the rows before the rows are counted down.
        self.flush()?;
        let site = self.site(site)?.id;
        self.forget_orders(site, uid)?;
        let select = "SELECT i.id, i.series, e.study, i.SOPClassUID, i.change FROM instance i
                      JOIN series e ON e.id = i.series WHERE i.SOPInstanceUID = ?1 AND i.site = ?2";
        let row = self.transaction.prepare_cached(select)?.query_row(params![uid.as_str(), site], |row| {
            Ok(Row {
                id: row.get(0)?,
                series: row.get(1)?,
                study: row.get(2)?,
                class: row.get(3)?,
                change: row.get(4)?,
            })
        });
        let Some(row) = row.optional()? else { return Ok(()) };
        if let Some(change) = row.change {
            let insert = "INSERT INTO deletion (site, change, uid) VALUES (?1, ?2, ?3)";
            self.transaction.prepare_cached(insert)?.execute(params![site, change, uid.as_str()])?;
        }
        self.run("DELETE FROM instance WHERE id = ?1", row.id)?;
        let class = "UPDATE sop_class SET instances = instances - 1 WHERE series = ?1 AND uid = ?2";
        self.transaction.prepare_cached(class)?.execute(params![row.series, row.class])?;
        self.run("DELETE FROM sop_class WHERE series = ?1 AND instances <= 0", row.series)?;
        let series = "UPDATE series SET instances = instances - 1, waiting_ms = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(series)?.execute([row.series, now_ms])?;
        self.run("UPDATE study SET instances = instances - 1 WHERE id = ?1", row.study)?;
        self.run("UPDATE site SET instances = instances - 1 WHERE id = ?1", site)?;
        self.transaction.prepare_cached("UPDATE total SET instances = instances - 1")?.execute([])?;
        self.prune_series(row.series, row.study)?;
        self.prune_study(row.study, site)
    }

    fn prune_series(&self, series: i64, study: i64) -> Result<(), Fault> {
        let last = "UPDATE total SET series = series - 1 WHERE NOT EXISTS (SELECT 1 FROM series e
            JOIN series gone ON gone.SeriesInstanceUID = e.SeriesInstanceUID AND gone.id <> e.id WHERE gone.id = ?1)";
        if self.is_empty("SELECT 1 FROM series WHERE id = ?1 AND instances <= 0", series)? {
            self.run(last, series)?;
            self.run("DELETE FROM series WHERE id = ?1", series)?;
            self.run("UPDATE study SET series = series - 1 WHERE id = ?1", study)?;
        }
        Ok(())
    }

    fn prune_study(&self, study: i64, site: i64) -> Result<(), Fault> {
        let last = "UPDATE total SET studies = studies - 1 WHERE NOT EXISTS (SELECT 1 FROM study s
            JOIN study gone ON gone.StudyInstanceUID = s.StudyInstanceUID AND gone.id <> s.id WHERE gone.id = ?1)";
        if self.is_empty("SELECT 1 FROM study WHERE id = ?1 AND instances <= 0", study)? {
            self.run(last, study)?;
            let uid = "SELECT StudyInstanceUID FROM study WHERE id = ?1";
            let uid: String = self.transaction.prepare_cached(uid)?.query_row([study], |row| row.get(0))?;
            let held = names::of_study(self.transaction, study)?;
            self.run("DELETE FROM study WHERE id = ?1", study)?;
            for name in held.into_iter().flatten() {
                names::release(self.transaction, name)?;
            }
            let alone = "UPDATE study SET shared = 0 WHERE StudyInstanceUID = ?1
                AND (SELECT count(*) FROM study o WHERE o.StudyInstanceUID = ?1) = 1";
            self.transaction.prepare_cached(alone)?.execute([uid])?;
            self.run("UPDATE site SET studies = studies - 1 WHERE id = ?1", site)?;
        }
        Ok(())
    }

    fn is_empty(&self, select: &str, id: i64) -> Result<bool, Fault> {
        Ok(self.transaction.prepare_cached(select)?.exists([id])?)
    }

    fn run(&self, statement: &str, id: i64) -> Result<(), Fault> {
        self.transaction.prepare_cached(statement)?.execute([id])?;
        Ok(())
    }
}
