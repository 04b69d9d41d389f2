//! What of an archive's instances the index does not know.

use super::asking::Named;
use access_control::{Object, View, decide};
use catalog::{Error, StudyIndex};
use imaging_domain::{Principal, StudyUid};
use std::collections::HashSet;

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
