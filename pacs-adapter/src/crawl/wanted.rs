//! What is asked for of a study that is due.

use super::{
    asking::{Named, named},
    fetching::Why,
    lacking::lacking,
};
use crate::requester::{Association, Error, Identifier};
use catalog::{DueStudy, StudyIndex};
use imaging_domain::{DataSet, Level, StudyUid, VR, tags};
use std::collections::HashMap;

/// What is asked for.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) keys: Vec<Identifier>,
    /// Instances among it of which the archive had told nothing.
    pub(super) others: Vec<Named>,
}

/// The whole study, or those of its series of which less is here than the archive has, or of a study that is looked into those
/// of which something else is here.
pub(super) async fn wanted(
    association: &mut Association,
    index: &dyn StudyIndex,
    due: &DueStudy,
    held: &HashMap<String, u64>,
) -> Result<Result<Wanted, Why>, Error> {
    let study = &due.listed.study;
    let mut wanted = Wanted::default();
    if due.is_looked_into && !due.is_rewritten {
        let Some(named) = named(association, study).await? else {
            return Ok(Err("the archive does not name what is in it".to_owned()));
        };
        match lacking(index, study, named).await {
            Ok(others) => wanted.others = others,
            Err(error) => return Ok(Err(error.to_string())),
        }
        wanted.keys = wanted.others.iter().map(|lacks| of_series(study, lacks.series.as_str())).collect();
        return Ok(Ok(wanted));
    }
    if !due.is_rewritten && !held.is_empty() {
        wanted.keys = missing(association, study, held).await?;
    }
    if wanted.keys.is_empty() {
        wanted.keys.push(Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str()));
    }
    Ok(Ok(wanted))
}

fn of_series(study: &StudyUid, series: &str) -> Identifier {
    let of_study = Identifier::at(Level::Series).matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str());
    of_study.matching(tags::SERIES_INSTANCE_UID, VR::UI, series)
}

/// The series of which less is here than the archive has.
async fn missing(
    association: &mut Association,
    study: &StudyUid,
    held: &HashMap<String, u64>,
) -> Result<Vec<Identifier>, Error> {
    let asked = of_series(study, "").told(tags::NUMBER_OF_SERIES_RELATED_INSTANCES, VR::IS);
    let mut wanted = Vec::new();
    let mut finding = association.find(&asked).await?;
    while let Some(found) = finding.next().await? {
        if let Some(series) = found.text(tags::SERIES_INSTANCE_UID).filter(|series| lacks(&found, held.get(*series))) {
            wanted.push(of_series(study, series));
        }
    }
    Ok(wanted)
}

fn lacks(found: &DataSet, held: Option<&u64>) -> bool {
    let told = found.int(tags::NUMBER_OF_SERIES_RELATED_INSTANCES).and_then(|told| u64::try_from(told).ok());
    told.is_none_or(|told| held.is_none_or(|held| *held < told))
}
