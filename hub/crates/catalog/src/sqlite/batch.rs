//! The studies, series and counters that one writing transaction touches: each is read once, changed in memory, and
//! written once at the end, however many instances of it the batch has.

use super::{
    fault::Fault,
    group::{self, Group},
    rows,
};
use imaging_domain::{Element, Level, SeriesUid, SiteId, StudyUid, Tag, tags};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// What a transaction has touched so far.
pub(super) struct Batch<'t> {
    pub(super) transaction: &'t Transaction<'t>,
    sites: HashMap<SiteId, Site>,
    studies: HashMap<(i64, StudyUid), Group>,
    series: HashMap<(i64, SeriesUid), Group>,
    classes: HashMap<(i64, String), i64>,
    waiting: HashMap<i64, i64>,
    new_studies: i64,
    new_series: i64,
    new_instances: i64,
}

/// A site's row and what was added to it.
#[derive(Clone, Copy, Default)]
pub(super) struct Site {
    pub(super) id: i64,
    /// Number of the last line of its feed that was written here.
    pub(super) written: i64,
    /// The same as the row has it.
    in_row: i64,
    studies: i64,
    instances: i64,
}

impl<'t> Batch<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>) -> Self {
        Self {
            transaction,
            sites: HashMap::new(),
            studies: HashMap::new(),
            series: HashMap::new(),
            classes: HashMap::new(),
            waiting: HashMap::new(),
            new_studies: 0,
            new_series: 0,
            new_instances: 0,
        }
    }

    /// The row of a site; a site that nobody enrolled is made, without a name.
    pub(super) fn site(&mut self, site: &SiteId) -> Result<&mut Site, Fault> {
        if !self.sites.contains_key(site) {
            let id = rows::site_or_new(self.transaction, site)?;
            let written = self
                .transaction
                .prepare_cached("SELECT written FROM site WHERE id = ?1")?
                .query_row([id], |row| row.get(0))?;
            self.sites.insert(site.clone(), Site { id, written, in_row: written, ..Site::default() });
        }
        // The entry was put in above when it was missing.
        Ok(self.sites.entry(site.clone()).or_default())
    }

    /// The row of a study at a site, made when it is not there.
    pub(super) fn study(&mut self, site: &SiteId, uid: &StudyUid) -> Result<i64, Fault> {
        let site_id = self.site(site)?.id;
        let key = (site_id, uid.clone());
        if let Some(study) = self.studies.get(&key) {
            return Ok(study.id);
        }
        let select = "SELECT id, attributes FROM study WHERE StudyInstanceUID = ?1 AND site = ?2";
        let group = match self.find(select, params![uid.as_str(), site_id])? {
            Some(group) => group,
            None => {
                let known = "SELECT 1 FROM study WHERE StudyInstanceUID = ?1";
                let shared = self.transaction.prepare_cached(known)?.exists([uid.as_str()])?;
                self.new_studies += i64::from(!shared);
                self.site(site)?.studies += 1;
                if shared {
                    let share = "UPDATE study SET shared = 1 WHERE StudyInstanceUID = ?1";
                    self.transaction.prepare_cached(share)?.execute([uid.as_str()])?;
                }
                let insert = "INSERT INTO study (site, StudyInstanceUID, shared) VALUES (?1, ?2, ?3)";
                let id = self.transaction.prepare_cached(insert)?.insert(params![site_id, uid.as_str(), shared])?;
                Group::new(id, tags::STUDY_INSTANCE_UID, uid.as_str())
            }
        };
        let id = group.id;
        self.studies.insert(key, group);
        Ok(id)
    }

    /// The row of a series of a study, made when it is not there.
    pub(super) fn series(&mut self, study: (i64, &StudyUid), site: i64, uid: &SeriesUid) -> Result<i64, Fault> {
        let key = (study.0, uid.clone());
        if let Some(series) = self.series.get(&key) {
            return Ok(series.id);
        }
        let select = "SELECT id, attributes FROM series WHERE study = ?1 AND SeriesInstanceUID = ?2";
        let group = match self.find(select, params![study.0, uid.as_str()])? {
            Some(group) => group,
            None => {
                let known = "SELECT 1 FROM series WHERE SeriesInstanceUID = ?1";
                self.new_series += i64::from(!self.transaction.prepare_cached(known)?.exists([uid.as_str()])?);
                if let Some(study) = self.studies.get_mut(&(site, study.1.clone())) {
                    study.series += 1;
                }
                let insert = "INSERT INTO series (study, SeriesInstanceUID) VALUES (?1, ?2)";
                let id = self.transaction.prepare_cached(insert)?.insert(params![study.0, uid.as_str()])?;
                Group::new(id, tags::SERIES_INSTANCE_UID, uid.as_str())
            }
        };
        let id = group.id;
        self.series.insert(key, group);
        Ok(id)
    }

    /// Fills in what a study does not have yet; the first value stays.
    pub(super) fn fill_study(&mut self, site: i64, uid: &StudyUid, tag: Tag, element: Element) {
        if let Some(study) = self.studies.get_mut(&(site, uid.clone())) {
            study.fill(tag, element);
        }
    }

    /// Fills in what a series does not have yet; the first value stays.
    pub(super) fn fill_series(&mut self, study: i64, uid: &SeriesUid, tag: Tag, element: Element) {
        if let Some(series) = self.series.get_mut(&(study, uid.clone())) {
            series.fill(tag, element);
        }
    }

    /// Counts one instance more everywhere above it.
    pub(super) fn count(
        &mut self,
        site: &SiteId,
        study: (i64, &StudyUid),
        series: &SeriesUid,
        class: &str,
    ) -> Result<(), Fault> {
        let row = self.site(site)?;
        row.instances += 1;
        let site = row.id;
        self.new_instances += 1;
        if let Some(group) = self.studies.get_mut(&(site, study.1.clone())) {
            group.instances += 1;
        }
        if let Some(group) = self.series.get_mut(&(study.0, series.clone())) {
            group.instances += 1;
            *self.classes.entry((group.id, class.to_owned())).or_default() += 1;
        }
        Ok(())
    }

    /// A series changed: it waits from then on (milliseconds since 1970 UTC).
    pub(super) fn waits(&mut self, series: i64, since_ms: i64) {
        self.waiting.insert(series, since_ms);
    }

    /// Writes everything that was gathered and forgets it.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        for (_, group) in self.studies.drain() {
            group::write(self.transaction, Level::Study, &group)?;
        }
        for (_, group) in self.series.drain() {
            group::write(self.transaction, Level::Series, &group)?;
        }
        let waits = "UPDATE series SET waiting_ms = ?2 WHERE id = ?1";
        for (series, since_ms) in self.waiting.drain() {
            self.transaction.prepare_cached(waits)?.execute([series, since_ms])?;
        }
        let class = "INSERT INTO sop_class (series, uid, instances) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET instances = instances + excluded.instances";
        for ((series, uid), instances) in self.classes.drain() {
            self.transaction.prepare_cached(class)?.execute(params![series, uid, instances])?;
        }
        let site = "UPDATE site SET written = ?2, studies = studies + ?3, instances = instances + ?4 WHERE id = ?1";
        // A batch of duplicates writes nothing, and so costs no sync.
        for (_, row) in self.sites.drain().filter(|(_, row)| row.instances > 0 || row.written > row.in_row) {
            self.transaction.prepare_cached(site)?.execute([row.id, row.written, row.studies, row.instances])?;
        }
        if self.new_instances == 0 {
            return Ok(());
        }
        let total = "UPDATE total SET studies = studies + ?1, series = series + ?2, instances = instances + ?3";
        self.transaction.prepare_cached(total)?.execute([self.new_studies, self.new_series, self.new_instances])?;
        (self.new_studies, self.new_series, self.new_instances) = (0, 0, 0);
        Ok(())
    }

    fn find(&self, select: &str, key: impl rusqlite::Params) -> Result<Option<Group>, Fault> {
        let mut select = self.transaction.prepare_cached(select)?;
        let row = select.query_row(key, |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).optional()?;
        let Some((id, text)) = row else { return Ok(None) };
        let attributes = rows::data_set(&text)?;
        Ok(Some(Group { id, attributes, changed: false, series: 0, instances: 0 }))
    }
}
