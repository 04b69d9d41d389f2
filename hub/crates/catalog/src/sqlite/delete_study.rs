//! What a site holds of a study goes, all of it or what its PACS has no more, and its feed says so.

use super::{batch::Batch, fault::Fault, routes};
use crate::ports::Deleted;
use imaging_domain::{Digest, InstanceUid, SiteId, StudyUid};
use rusqlite::{Transaction, params};
use std::collections::HashSet;

pub(super) fn delete(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    now_ms: i64,
) -> Result<Deleted, Fault> {
    take_out(transaction, site, study, |_, _| true, now_ms)
}

/// Takes out what only the PACS has, and that is not among `still`.
pub(super) fn leave(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    still: &HashSet<InstanceUid>,
    now_ms: i64,
) -> Result<Deleted, Fault> {
    take_out(transaction, site, study, |keeping, uid| keeping > 0 && !still.contains(uid), now_ms)
}

fn take_out(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    goes: impl Fn(i64, &InstanceUid) -> bool,
    now_ms: i64,
) -> Result<Deleted, Fault> {
    let mut batch = Batch::new(transaction);
    let row = batch.site(site)?;
    let (id, mut number) = (row.id, row.written);
    let mut held = held(transaction, id, study)?;
    held.retain(|(uid, _, keeping)| goes(*keeping, uid));
    let mut deleted = Deleted { instances: held.len(), digests: vec![] };
    for (uid, digest, _) in held {
        deleted.digests.push(digest);
        deleted.digests.extend(conflicts(transaction, id, &uid)?);
        batch.delete(site, &uid, now_ms)?;
        number += 1;
        let insert = "INSERT INTO deletion (site, change, uid) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(insert)?.execute(params![id, number, uid.as_str()])?;
    }
    for (uid, digest) in routes::forget_held(transaction, id, study)? {
        batch.forget_orders(id, &uid)?;
        deleted.instances += 1;
        deleted.digests.push(digest);
        deleted.digests.extend(conflicts(transaction, id, &uid)?);
    }
    transaction.prepare_cached("UPDATE site SET written = ?2 WHERE id = ?1")?.execute([id, number])?;
    Ok(deleted)
}

fn held(transaction: &Transaction<'_>, site: i64, study: &StudyUid) -> Result<Vec<(InstanceUid, Digest, i64)>, Fault> {
    let select = "SELECT i.SOPInstanceUID, i.digest, i.keeping FROM study s JOIN series e ON e.study = s.id
                  JOIN instance i ON i.series = e.id WHERE s.StudyInstanceUID = ?1 AND s.site = ?2 ORDER BY i.id";
    let mut select = transaction.prepare_cached(select)?;
    let mut rows = select.query(params![study.as_str(), site])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push((InstanceUid::parse(&row.get::<_, String>(0)?)?, Digest(row.get(1)?), row.get(2)?));
    }
    Ok(out)
}

/// Forgets what was put aside under an identifier, and says which bytes that was.
fn conflicts(transaction: &Transaction<'_>, site: i64, uid: &InstanceUid) -> Result<Vec<Digest>, Fault> {
    let delete = "DELETE FROM conflict WHERE site = ?1 AND uid = ?2 RETURNING aside";
    let mut delete = transaction.prepare_cached(delete)?;
    let aside = delete.query_map(params![site, uid.as_str()], |row| Ok(Digest(row.get(0)?)))?;
    Ok(aside.collect::<Result<_, _>>()?)
}
