//! Instances that are kept and told to nobody.

use crate::{
    ports::{HeldStudy, Orders, Verdict},
    sqlite::{batch::Batch, crawls::left_out_no_more, fault::Fault, put::Origin, rows},
};
use imaging_domain::{AeTitle, Digest, Instance, InstanceUid, SiteId, StudyUid};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

impl Batch<'_> {
    /// What an instance is known by already, beside the index: as it came before it was changed, or as one that is held.
    pub(in crate::sqlite) fn known_otherwise(
        &self,
        site: i64,
        instance: &Instance,
        original: Option<Digest>,
    ) -> Result<Option<Digest>, Fault> {
        let uid = instance.uid.as_str();
        if let Some(original) = original {
            let select = "SELECT 1 FROM coerced WHERE SOPInstanceUID = ?1 AND site = ?2 AND original = ?3";
            if self.transaction.prepare_cached(select)?.exists(params![uid, site, original.0])? {
                return Ok(Some(instance.digest));
            }
        }
        let select = "SELECT digest FROM held WHERE site = ?1 AND SOPInstanceUID = ?2";
        let mut select = self.transaction.prepare_cached(select)?;
        Ok(select.query_row(params![site, uid], |row| Ok(Digest(row.get(0)?))).optional()?)
    }

    /// Notes what the bytes of an instance were.
    pub(in crate::sqlite) fn note_original(
        &self,
        site: i64,
        instance: &Instance,
        original: Digest,
    ) -> Result<(), Fault> {
        let insert = "INSERT OR REPLACE INTO coerced (SOPInstanceUID, site, original) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(insert)?.execute(params![instance.uid.as_str(), site, original.0])?;
        Ok(())
    }

    /// Holds an instance.
    pub(in crate::sqlite) fn hold(&self, site: i64, instance: &Instance, send_to: &[AeTitle]) -> Result<(), Fault> {
        let insert = "INSERT INTO held (site, SOPInstanceUID, StudyInstanceUID, digest, held_ms, instance, send_to)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let (uid, study) = (instance.uid.as_str(), instance.study.as_str());
        let (told, send_to) = (serde_json::to_string(instance)?, serde_json::to_string(send_to)?);
        let row = params![site, uid, study, instance.digest.0, instance.stored_ms, told, send_to];
        self.transaction.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }
}

pub(super) fn list(connection: &Connection, limit: usize) -> Result<Vec<HeldStudy>, Fault> {
    let select = "SELECT StudyInstanceUID, count(*), min(held_ms) FROM held GROUP BY StudyInstanceUID
                  ORDER BY min(held_ms), StudyInstanceUID LIMIT ?1";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query([limit as i64])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        let (study, instances) = (StudyUid::parse(&row.get::<_, String>(0)?)?, row.get::<_, i64>(1)? as u64);
        out.push(HeldStudy { study, instances, since_ms: row.get(2)? });
    }
    Ok(out)
}

pub(super) fn release(
    transaction: &Transaction<'_>,
    site: &SiteId,
    study: &StudyUid,
    now_ms: i64,
) -> Result<u64, Fault> {
    let Some(id) = rows::site(transaction, site)? else { return Ok(0) };
    let select = "SELECT instance, send_to FROM held WHERE StudyInstanceUID = ?1 AND site = ?2
                  ORDER BY held_ms, SOPInstanceUID";
    let mut released = vec![];
    {
        let mut select = transaction.prepare_cached(select)?;
        let mut rows = select.query(params![study.as_str(), id])?;
        while let Some(row) = rows.next()? {
            let instance: Instance = serde_json::from_str(&row.get::<_, String>(0)?)?;
            let send_to: Vec<AeTitle> = serde_json::from_str(&row.get::<_, String>(1)?)?;
            released.push((instance, send_to));
        }
    }
    forget(transaction, id, study)?;
    let (mut batch, mut count) = (Batch::new(transaction), 0);
    for (instance, send_to) in released {
        let instance = Instance { stored_ms: now_ms, ..instance };
        let orders = Orders { send_to, ..Orders::default() };
        let verdict = batch.put(site, instance, Origin::Here, &orders)?;
        count += u64::from(verdict == Verdict::Stored);
    }
    batch.flush()?;
    left_out_no_more(transaction, study, count)?;
    Ok(count)
}

/// Forgets what is held of a study of a site; which instances that were.
pub(in crate::sqlite) fn forget(
    transaction: &Transaction<'_>,
    site: i64,
    study: &StudyUid,
) -> Result<Vec<(InstanceUid, Digest)>, Fault> {
    let delete = "DELETE FROM held WHERE StudyInstanceUID = ?1 AND site = ?2 RETURNING SOPInstanceUID, digest";
    let mut delete = transaction.prepare_cached(delete)?;
    let mut rows = delete.query(params![study.as_str(), site])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push((InstanceUid::parse(&row.get::<_, String>(0)?)?, Digest(row.get(1)?)));
    }
    Ok(out)
}
