//! What a site holds of a study goes, all of it or what its PACS has no more, and its feed says so.

use super::{batch::Batch, crawls::left_out_no_more, fault::Fault, routes};
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
    let gone = take_out(transaction, site, study, |_, _| true, now_ms)?;
    let mut batch = Batch::new(transaction);
    let id = batch.site(site)?.id;
    let mut deleted = Deleted::default();
    for (uid, digest) in gone {
        deleted.count(digest, conflicts(transaction, id, &uid)?);
    }
    for (uid, digest) in routes::forget_held(transaction, id, study)? {
        batch.forget_orders(id, &uid)?;
        deleted.count(digest, conflicts(transaction, id, &uid)?);
    }
    left_out_no_more(transaction, study, u64::MAX)?;
    Ok(deleted)
}

/// Takes out what only the PACS has, and that is not among `still`. What came here itself stays, also what a rule holds or what was
/// put aside.
pub(super) fn leave(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    still: &HashSet<InstanceUid>,
    now_ms: i64,
) -> Result<Deleted, Fault> {
    let is_gone = |keeping, uid: &InstanceUid| keeping > 0 && !still.contains(uid);
    let mut deleted = Deleted::default();
    for (_, digest) in take_out(transaction, site, study, is_gone, now_ms)? {
        deleted.count(digest, vec![]);
    }
    Ok(deleted)
}

impl Deleted {
    fn count(&mut self, digest: Digest, aside: Vec<Digest>) {
        self.instances += 1;
        self.digests.push(digest);
        self.digests.extend(aside);
    }
}

fn take_out(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    goes: impl Fn(i64, &InstanceUid) -> bool,
    now_ms: i64,
) -> Result<Vec<(InstanceUid, Digest)>, Fault> {
    let mut batch = Batch::new(transaction);
    let row = batch.site(site)?;
    let (id, mut number) = (row.id, row.written);
    let mut held = held(transaction, id, study)?;
    held.retain(|(uid, _, keeping)| goes(*keeping, uid));
    for (uid, ..) in &held {
        batch.delete(site, uid, now_ms)?;
        number += 1;
        let insert = "INSERT INTO deletion (site, change, uid) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(insert)?.execute(params![id, number, uid.as_str()])?;
    }
    transaction.prepare_cached("UPDATE site SET written = ?2 WHERE id = ?1")?.execute([id, number])?;
    Ok(held.into_iter().map(|(uid, digest, _)| (uid, digest)).collect())
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
