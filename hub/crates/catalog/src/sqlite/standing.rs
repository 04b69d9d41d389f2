//! What becomes of an instance that is in the index already.

use super::{batch::Batch, fault::Fault, put::Origin, rows};
use crate::ports::{Orders, Verdict};
use imaging_domain::{Digest, Instance, InstanceUid, Keeping, SiteId};
use rusqlite::{OptionalExtension, params};

/// What is there.
pub(super) struct There {
    pub(super) row: i64,
    pub(super) digest: Digest,
    pub(super) keeping: Keeping,
    /// Number of its line of the feed, where it was written here.
    pub(super) change: Option<i64>,
}

/// What becomes of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing is new.
    Same,
    /// The same bytes, somewhere else.
    Moves,
    /// Other bytes, which are put aside.
    Aside,
    /// It takes the place of what is there.
    Replaces,
}

/// A feed says how it is. Here bytes come in place of a promise, and what the PACS gives in place of what it gave before; nothing
/// else takes the place of bytes that are there.
fn standing(there: &There, comes: &Instance, origin: Origin) -> Standing {
    use Keeping::{Cached, Kept, Nearline, Promised};
    let is_same = there.digest == comes.digest;
    if origin != Origin::Here {
        return match is_same {
            true if there.keeping == comes.keeping => Standing::Same,
            true => Standing::Moves,
            false => Standing::Replaces,
        };
    }
    match (there.keeping, comes.keeping) {
        (_, Promised) => Standing::Same,
        (Promised, _) => Standing::Replaces,
        (Cached | Nearline, Kept) | (Nearline, Cached) if is_same => Standing::Moves,
        _ if is_same => Standing::Same,
        (Cached | Nearline, Cached) => Standing::Replaces,
        _ => Standing::Aside,
    }
}

impl Batch<'_> {
    /// What an arrival finds under its identifier: `None` when it goes in, because there is nothing or it took the place of that.
    pub(super) fn meets(
        &mut self,
        site: &SiteId,
        instance: &Instance,
        origin: Origin,
        orders: &Orders,
        at_ms: i64,
    ) -> Result<Option<Verdict>, Fault> {
        let site_id = self.site(site)?.id;
        if let Some(kept) = self.known_otherwise(site_id, instance, orders.original)? {
            // a promise names no bytes that could be put aside
            if kept == instance.digest || instance.keeping == Keeping::Promised {
                return Ok(Some(Verdict::Duplicate));
            }
            self.note_conflict(site_id, instance, kept, at_ms)?;
            return Ok(Some(Verdict::Conflict));
        }
        if let Some(there) = self.there(site_id, &instance.uid)? {
            match standing(&there, instance, origin) {
                Standing::Same => return Ok(Some(Verdict::Duplicate)),
                Standing::Moves => {
                    self.moves(site, &there, instance.keeping, origin)?;
                    return Ok(Some(Verdict::Duplicate));
                }
                Standing::Aside => {
                    self.note_conflict(site_id, instance, there.digest, at_ms)?;
                    return Ok(Some(Verdict::Conflict));
                }
                Standing::Replaces => self.take_out(site, &instance.uid, at_ms)?,
            }
        }
        Ok(None)
    }

    fn there(&self, site: i64, uid: &InstanceUid) -> Result<Option<There>, Fault> {
        let select = "SELECT id, digest, keeping, change FROM instance WHERE SOPInstanceUID = ?1 AND site = ?2";
        let mut select = self.transaction.prepare_cached(select)?;
        let there = select.query_row(params![uid.as_str(), site], |row| {
            let (digest, keeping) = (Digest(row.get(1)?), rows::keeping(row.get(2)?));
            Ok(There { row: row.get(0)?, digest, keeping, change: row.get(3)? })
        });
        Ok(there.optional()?)
    }

    /// The bytes of an instance are somewhere else now; here that is the next line of the feed, and nothing is kept of the earlier one:
    /// a cache moves its instances for ever.
    pub(super) fn moves(
        &mut self,
        site: &SiteId,
        there: &There,
        keeping: Keeping,
        origin: Origin,
    ) -> Result<(), Fault> {
        let site = self.site(site)?;
        let mut change = there.change;
        if origin == Origin::Here {
            site.written += 1;
            change = Some(site.written);
        }
        let update = "UPDATE instance SET keeping = ?2, change = ?3 WHERE id = ?1";
        let values = params![there.row, rows::keeping_column(keeping), change];
        self.transaction.prepare_cached(update)?.execute(values)?;
        Ok(())
    }
}
