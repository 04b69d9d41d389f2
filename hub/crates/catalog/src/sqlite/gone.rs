//! What was deleted.

use super::{fault::Fault, list};
use crate::ports::Scope;
use imaging_domain::{InstanceUid, SeriesUid, SiteId};
use rusqlite::{Connection, Transaction, params};

/// Notes an instance that is about to be deleted.
pub(super) fn note(transaction: &Transaction<'_>, site: &SiteId, uid: &InstanceUid) -> Result<(), Fault> {
    let insert = "INSERT OR IGNORE INTO gone (study, series, instance)
                  SELECT s.StudyInstanceUID, e.SeriesInstanceUID, i.SOPInstanceUID FROM instance i
                  JOIN series e ON e.id = i.series JOIN study s ON s.id = e.study JOIN site a ON a.id = i.site
                  WHERE i.SOPInstanceUID = ?2 AND a.site = ?1";
    transaction.prepare_cached(insert)?.execute(params![site.as_str(), uid.as_str()])?;
    Ok(())
}

/// Whether there was something of a scope, and there is nothing.
pub(super) fn is_gone(connection: &Connection, scope: &Scope) -> Result<bool, Fault> {
    let noted =
        "SELECT 1 FROM gone WHERE study = ?1 AND (?2 IS NULL OR series = ?2) AND (?3 IS NULL OR instance = ?3) LIMIT 1";
    let series = scope.series.as_ref().map(SeriesUid::as_str);
    let instance = scope.instance.as_ref().map(InstanceUid::as_str);
    let is_noted = connection.prepare_cached(noted)?.exists(params![scope.study.as_str(), series, instance])?;
    Ok(is_noted && list::instances(connection, scope, None, 1)?.is_empty())
}
