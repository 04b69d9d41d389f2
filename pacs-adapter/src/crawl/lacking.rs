//! What of an archive's instances the index does not know.

use super::{
    asking::Named,
    crawler::{overview, view},
    line::{Line, Why},
};
use imaging_domain::{InstanceUid, StudyUid};
use std::collections::HashSet;

/// The latest conflicts among which those of a study are looked for.
const MAX_CONFLICTS: usize = 10_000;

impl Line {
    /// The series of a study with those of their instances that are not known; none when all are.
    pub(super) async fn lacking(&self, study: &StudyUid, named: Vec<Named>) -> Result<Vec<Named>, Why> {
        let view = view().map_err(Why::failed)?;
        let mut lacking = Vec::new();
        for Named { series, mut instances } in named {
            let known = self.parts.studies.order(&view, (study, &series)).await.map_err(Why::failed)?;
            let known: HashSet<_> = known.into_iter().collect();
            instances.retain(|uid| !known.contains(uid));
            if !instances.is_empty() {
                lacking.push(Named { series, instances });
            }
        }
        Ok(lacking)
    }

    /// How many of them stand aside because others are here under their UIDs.
    pub(super) async fn aside(&self, lacking: &[Named]) -> Result<usize, Why> {
        let uids: HashSet<&InstanceUid> = lacking.iter().flat_map(|series| &series.instances).collect();
        let overview = overview().map_err(Why::failed)?;
        let conflicts = self.parts.studies.conflicts(&overview, MAX_CONFLICTS).await.map_err(Why::failed)?;
        let aside: HashSet<_> = conflicts.iter().map(|conflict| &conflict.instance).collect();
        Ok(uids.intersection(&aside).count())
    }
}

/// How many instances.
pub(super) fn how_many(named: &[Named]) -> usize {
    named.iter().map(|series| series.instances.len()).sum()
}
