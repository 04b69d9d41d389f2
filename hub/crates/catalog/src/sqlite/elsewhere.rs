//! The port of instances that the PACS keeps.

use super::{Sqlite, batch::Batch, delete_study, fault::Fault, put::Origin, rows, standing::There};
use crate::{
    error::Error,
    ports::{CacheChange, Deleted, Elsewhere},
};
use access_control::{Permit, Store};
use async_trait::async_trait;
use imaging_domain::{Digest, InstanceUid, Keeping, SiteId, StudyUid};
use rusqlite::{Transaction, params};

#[async_trait]
impl Elsewhere for Sqlite {
    async fn cache_changed(
        &self,
        _permit: &Permit<Store>,
        site: &SiteId,
        digests: Vec<Digest>,
        change: CacheChange,
    ) -> Result<usize, Error> {
        if digests.is_empty() {
            return Ok(0);
        }
        let site = site.clone();
        self.connections.write("note what is cached", move |t| cache_changed(t, &site, &digests, change)).await
    }

    async fn gone_from_pacs(
        &self,
        _permit: &Permit<Store>,
        site: &SiteId,
        study: &StudyUid,
        still: Vec<InstanceUid>,
        now_ms: i64,
    ) -> Result<Deleted, Error> {
        let (site, study) = (site.clone(), study.clone());
        let still = still.into_iter().collect();
        let write = move |t: &Transaction<'_>| delete_study::leave(t, &site, &study, &still, now_ms);
        self.connections.write("take out what the archive has no more", write).await
    }
}

fn cache_changed(
    transaction: &Transaction<'_>,
    site: &SiteId,
    digests: &[Digest],
    change: CacheChange,
) -> Result<usize, Fault> {
    let (from, to) = match change {
        CacheChange::Came => (Keeping::Nearline, Keeping::Cached),
        CacheChange::Left => (Keeping::Cached, Keeping::Nearline),
    };
    let mut batch = Batch::new(transaction);
    let (id, mut moved) = (batch.site(site)?.id, 0);
    for digest in digests {
        for there in of_pacs(transaction, id, digest, from)? {
            batch.moves(site, &there, to, Origin::Here)?;
            moved += 1;
        }
    }
    batch.flush()?;
    Ok(moved)
}

fn of_pacs(transaction: &Transaction<'_>, site: i64, digest: &Digest, keeping: Keeping) -> Result<Vec<There>, Fault> {
    let select = "SELECT id, change FROM instance INDEXED BY instance_of_pacs
                  WHERE digest = ?1 AND keeping > 0 AND keeping = ?2 AND site = ?3";
    let mut select = transaction.prepare_cached(select)?;
    let mut found = select.query(params![digest.0, rows::keeping_column(keeping), site])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push(There { row: row.get(0)?, digest: *digest, keeping, change: row.get(1)? });
    }
    Ok(out)
}
