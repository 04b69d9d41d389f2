//! What of an archive's instances the index does not know.

use super::{asking::Named, crawler::overview};
use access_control::{Object, View, decide};
use catalog::{Error, StudyIndex};
use imaging_domain::{InstanceUid, Principal, StudyUid};
use std::collections::HashSet;

/// The latest conflicts among which those of a study are looked for.
const MAX_CONFLICTS: usize = 10_000;

/// The series of a study with those of their instances that are not known; none when all are.
pub(super) async fn lacking(index: &dyn StudyIndex, study: &StudyUid, named: Vec<Named>) -> Result<Vec<Named>, Error> {
    let view = decide::<View>(&Principal::Service("crawl"), Object::Region);
    let view = view.map_err(|_| Error::Invalid("a crawl may not look"))?;
    let mut lacking = Vec::new();
    for Named { series, mut instances } in named {
        let known: HashSet<_> = index.order(&view, (study, &series)).await?.into_iter().collect();
        instances.retain(|uid| !known.contains(uid));
        if !instances.is_empty() {
            lacking.push(Named { series, instances });
        }
    }
    Ok(lacking)
}

/// How many of them stand aside because others are here under their UIDs.
pub(super) async fn aside(index: &dyn StudyIndex, lacking: &[Named]) -> Result<usize, Error> {
    let uids: HashSet<&InstanceUid> = lacking.iter().flat_map(|series| &series.instances).collect();
    let conflicts = index.conflicts(&overview()?, MAX_CONFLICTS).await?;
    let aside: HashSet<_> = conflicts.iter().map(|conflict| &conflict.instance).collect();
    Ok(uids.intersection(&aside).count())
}
