//! Rows and the domain's values.

use super::fault::Fault;
use imaging_domain::{
    DataSet, Digest, Instance, InstanceCopy, InstanceUid, Keeping, SeriesUid, SiteId, SopClassUid, StudyUid, json,
};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::{HashMap, hash_map::Entry};

/// The columns that [`Reader::copy`] reads.
pub(super) const COPY: &str = "t.site, s.id, s.StudyInstanceUID, e.id, e.SeriesInstanceUID, i.SOPInstanceUID,
    i.SOPClassUID, i.transfer_syntax, i.digest, i.size_bytes, i.data_set_offset, i.frames, i.stored_ms, i.attributes,
    i.keeping";

/// The tables that [`COPY`] is taken from.
pub(super) const COPY_TABLES: &str = "instance i JOIN series e ON e.id = i.series JOIN study s ON s.id = e.study
    JOIN site t ON t.id = i.site";

/// Makes copies of rows; attributes of a study and a series are read once for all their instances.
pub(super) struct Reader<'c> {
    connection: &'c Connection,
    studies: HashMap<i64, DataSet>,
    series: HashMap<i64, DataSet>,
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, studies: HashMap::new(), series: HashMap::new() }
    }

    pub(super) fn copy(&mut self, row: &Row<'_>) -> Result<InstanceCopy, Fault> {
        let (study, series) = (row.get(1)?, row.get(3)?);
        let mut attributes = data_set(&row.get::<_, String>(13)?)?;
        let study_select = "SELECT attributes FROM study WHERE id = ?1";
        let series_select = "SELECT attributes FROM series WHERE id = ?1";
        for (id, select, known) in [(study, study_select, &mut self.studies), (series, series_select, &mut self.series)]
        {
            let known = match known.entry(id) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let text: String = self.connection.prepare_cached(select)?.query_row([id], |row| row.get(0))?;
                    entry.insert(data_set(&text)?)
                }
            };
            for (tag, element) in known.iter() {
                attributes.put(tag, element.vr, element.value.clone());
            }
        }
        let class: String = row.get(6)?;
        let instance = Instance {
            study: StudyUid::parse(&row.get::<_, String>(2)?)?,
            series: SeriesUid::parse(&row.get::<_, String>(4)?)?,
            uid: InstanceUid::parse(&row.get::<_, String>(5)?)?,
            sop_class: if class.is_empty() { None } else { Some(SopClassUid::parse(&class)?) },
            transfer_syntax: row.get(7)?,
            digest: Digest(row.get(8)?),
            size_bytes: row.get::<_, i64>(9)? as u64,
            data_set_offset: row.get::<_, i64>(10)? as u64,
            frames: row.get(11)?,
            stored_ms: row.get(12)?,
            keeping: keeping(row.get(14)?),
            attributes,
        };
        Ok(InstanceCopy { site: site_id(row, 0)?, instance })
    }
}

/// Where bytes are, from a column.
pub(super) fn keeping(column: i64) -> Keeping {
    match column {
        0 => Keeping::Kept,
        1 => Keeping::Cached,
        2 => Keeping::Nearline,
        _ => Keeping::Promised,
    }
}

/// Where bytes are, as a column.
pub(super) fn keeping_column(keeping: Keeping) -> i64 {
    match keeping {
        Keeping::Kept => 0,
        Keeping::Cached => 1,
        Keeping::Nearline => 2,
        Keeping::Promised => 3,
    }
}

/// Attributes from their JSON text.
pub(super) fn data_set(text: &str) -> Result<DataSet, Fault> {
    Ok(json::from_json(&serde_json::from_str(text)?, &|_| None)?)
}

/// A site's name from a column.
pub(super) fn site_id(row: &Row<'_>, column: usize) -> Result<SiteId, Fault> {
    Ok(SiteId::parse(&row.get::<_, String>(column)?)?)
}

/// The row of a site.
pub(super) fn site(connection: &Connection, site: &SiteId) -> Result<Option<i64>, Fault> {
    let mut select = connection.prepare_cached("SELECT id FROM site WHERE site = ?1")?;
    Ok(select.query_row([site.as_str()], |row| row.get(0)).optional()?)
}

/// The row of a site, made when it is not there.
pub(super) fn site_or_new(connection: &Connection, site_id: &SiteId) -> Result<i64, Fault> {
    match site(connection, site_id)? {
        Some(id) => Ok(id),
        None => Ok(connection.prepare_cached("INSERT INTO site (site) VALUES (?1)")?.insert([site_id.as_str()])?),
    }
}
