//! What of a study lacks because of rules of the hospital.

use super::{fetching::Fetcher, lacking::how_many, line::Why};
use crate::requester::Retrieved;
use catalog::DueStudy;
use imaging_domain::InstanceUid;
use std::collections::HashSet;

impl Fetcher {
    /// How many instances lack because rules did not keep them, or hold them, when no other lacks: each of them came here, and was
    /// acknowledged.
    pub(super) async fn left_out(
        &mut self,
        due: &DueStudy,
        (retrieved, came): (&[Retrieved], &HashSet<InstanceUid>),
        held: u64,
    ) -> Result<Option<u64>, Why> {
        let told = due.listed.instances.unwrap_or_default();
        // what was rewritten is here by its UIDs, and has to come again
        let is_sent = !due.is_rewritten || self.sent(retrieved).is_some_and(|sent| sent >= told);
        if !self.line.parts.leaves_out || came.is_empty() || !is_sent {
            return Ok(None);
        }
        let study = &due.listed.study;
        let lacking = match self.line.named(&self.purpose(due), study).await? {
            Some(named) => self.line.lacking(study, named).await?,
            // without names there has to be a number
            None if told > 0 && came.len() as u64 >= told => return Ok(Some(told.saturating_sub(held))),
            None => return Ok(None),
        };
        let have_come = lacking.iter().flat_map(|series| &series.instances).all(|uid| came.contains(uid));
        let count = how_many(&lacking) as u64;
        Ok((have_come && count > 0 && held + count >= told).then(|| told.saturating_sub(held)))
    }
}
