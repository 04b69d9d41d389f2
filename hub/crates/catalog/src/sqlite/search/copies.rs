//! All copies of one study, series or instance, made one.

use super::Path;
use crate::sqlite::{fault::Fault, rows};
use imaging_domain::{DataSet, Level, SiteId};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// What the copies say together.
pub(super) struct Copies {
    /// Their rows, as a JSON array.
    pub(super) ids: String,
    /// The sites that hold them, by name.
    pub(super) sites: Vec<SiteId>,
    /// Attributes of the copy with the most instances.
    pub(super) attributes: DataSet,
    /// Distinct series below; none at series and instance level.
    pub(super) series: i64,
    /// Distinct instances below.
    pub(super) instances: i64,
}

/// Reads the copies of a path. The copy with the most instances is the first, the lowest site of those alike.
pub(super) fn read(connection: &Connection, level: Level, path: &Path) -> Result<Copies, Fault> {
    let mut select = connection.prepare_cached(match level {
        Level::Study => STUDY,
        Level::Series => SERIES,
        Level::Instance => INSTANCE,
    })?;
    let mut found = match level {
        Level::Study => select.query([&path[0]])?,
        Level::Series => select.query([&path[0], &path[1]])?,
        Level::Instance => select.query([&path[0], &path[1], &path[2]])?,
    };
    let mut ids: Vec<i64> = vec![];
    let mut sites = BTreeSet::new();
    let mut attributes = DataSet::new();
    let (mut series, mut instances) = (0, 0);
    while let Some(row) = found.next()? {
        if ids.is_empty() {
            attributes = rows::data_set(&row.get::<_, String>(2)?)?;
            (series, instances) = (row.get(3)?, row.get(4)?);
        }
        ids.push(row.get(0)?);
        sites.insert(rows::site_id(row, 1)?);
    }
    let several = ids.len() > 1;
    let ids = serde_json::Value::from(ids).to_string();
    if several && level != Level::Instance {
        (series, instances) = distinct(connection, level, &ids)?;
    }
    Ok(Copies { ids, sites: sites.into_iter().collect(), attributes, series, instances })
}

/// The same series at two sites is one, and so is the same instance.
fn distinct(connection: &Connection, level: Level, ids: &str) -> Result<(i64, i64), Fault> {
    let below = if level == Level::Study { "e.study" } else { "e.id" };
    let select = format!(
        "SELECT count(DISTINCT e.SeriesInstanceUID), count(DISTINCT i.SOPInstanceUID)
         FROM series e LEFT JOIN instance i ON i.series = e.id WHERE {below} IN (SELECT value FROM json_each(?1))"
    );
    Ok(connection.prepare_cached(&select)?.query_row([ids], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Whether every copy has something that is not at its site, but in the site's PACS.
pub(super) fn are_nearline(connection: &Connection, level: Level, ids: &str) -> Result<bool, Fault> {
    let mut select = connection.prepare_cached(match level {
        Level::Study => NEARLINE_STUDY,
        Level::Series => NEARLINE_SERIES,
        Level::Instance => NEARLINE_INSTANCE,
    })?;
    Ok(select.query_row([ids], |row| row.get(0))?)
}

/// Distinct texts that a statement finds below some rows.
pub(super) fn texts(connection: &Connection, select: &str, ids: &str) -> Result<Vec<String>, Fault> {
    let mut select = connection.prepare_cached(select)?;
    let texts = select.query_map([ids], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(texts)
}

const NEARLINE_STUDY: &str = "SELECT NOT EXISTS (SELECT 1 FROM json_each(?1) copy WHERE NOT EXISTS (
    SELECT 1 FROM series e JOIN instance i INDEXED BY instance_nearline ON i.series = e.id AND i.keeping > 1
    WHERE e.study = copy.value))";

const NEARLINE_SERIES: &str = "SELECT NOT EXISTS (SELECT 1 FROM json_each(?1) copy WHERE NOT EXISTS (
    SELECT 1 FROM instance i INDEXED BY instance_nearline WHERE i.series = copy.value AND i.keeping > 1))";

const NEARLINE_INSTANCE: &str = "SELECT NOT EXISTS (SELECT 1 FROM json_each(?1) copy WHERE NOT EXISTS (
    SELECT 1 FROM instance i WHERE i.id = copy.value AND i.keeping > 1))";

const STUDY: &str = "SELECT s.id, t.site, s.attributes, s.series, s.instances FROM study s
    JOIN site t ON t.id = s.site WHERE s.StudyInstanceUID = ?1 ORDER BY s.instances DESC, t.site";

const SERIES: &str = "SELECT e.id, t.site, e.attributes, 0, e.instances FROM study s
    JOIN site t ON t.id = s.site JOIN series e ON e.study = s.id
    WHERE s.StudyInstanceUID = ?1 AND e.SeriesInstanceUID = ?2 ORDER BY e.instances DESC, t.site";

const INSTANCE: &str = "SELECT i.id, t.site, i.attributes, 0, 1 FROM study s
    JOIN site t ON t.id = s.site JOIN series e ON e.study = s.id JOIN instance i ON i.series = e.id
    WHERE s.StudyInstanceUID = ?1 AND e.SeriesInstanceUID = ?2 AND i.SOPInstanceUID = ?3 ORDER BY t.site";
