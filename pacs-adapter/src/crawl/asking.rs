//! Questions to an archive of which every answer is wanted.

use crate::requester::{Association, Error, Identifier};
use dimse::{Category, Status};
use imaging_domain::{DataSet, InstanceUid, Level, SeriesUid, StudyUid, VR, tags};

/// The most series of a study, and instances of a series, that are asked for.
pub(super) const MAX_SERIES: usize = 10_000;
pub(super) const MAX_INSTANCES: usize = 100_000;

/// All matches, and whether these are all.
pub(super) async fn all(
    association: &mut Association,
    asked: &Identifier,
    most: usize,
) -> Result<(Vec<DataSet>, bool), Error> {
    let mut finding = association.find(asked).await?;
    let mut found = Vec::new();
    while let Some(one) = finding.next().await? {
        found.push(one);
        if found.len() > most {
            finding.cancel().await?;
            found.truncate(most);
            return Ok((found, false));
        }
    }
    let status = finding.status().unwrap_or(Status::PROCESSING_FAILURE);
    Ok((found, matches!(status.category(), Category::Success | Category::Warning)))
}

/// Instances of a series by their names.
pub(super) struct Named {
    pub(super) series: SeriesUid,
    pub(super) instances: Vec<InstanceUid>,
}

/// What an archive says is in a study; `None` when it does not tell all of it.
pub(super) async fn named(association: &mut Association, study: &StudyUid) -> Result<Option<Vec<Named>>, Error> {
    let of = |level| Identifier::at(level).matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str());
    let of_study = of(Level::Series).told(tags::SERIES_INSTANCE_UID, VR::UI);
    let (found, mut is_whole) = all(association, &of_study, MAX_SERIES).await?;
    let uids = |found: &[DataSet], tag| -> Option<Vec<String>> {
        found.iter().map(|one| one.text(tag).map(str::to_owned)).collect()
    };
    let Some(series) = uids(&found, tags::SERIES_INSTANCE_UID) else { return Ok(None) };
    let mut out = Vec::new();
    for uid in series {
        let of_series = of(Level::Instance).matching(tags::SERIES_INSTANCE_UID, VR::UI, &uid);
        let asked = of_series.told(tags::SOP_INSTANCE_UID, VR::UI);
        let (found, are_all) = all(association, &asked, MAX_INSTANCES).await?;
        is_whole &= are_all;
        let instances = uids(&found, tags::SOP_INSTANCE_UID).unwrap_or_default();
        let instances: Result<Vec<_>, _> = instances.iter().map(|uid| InstanceUid::parse(uid)).collect();
        let (Ok(series), Ok(instances)) = (SeriesUid::parse(&uid), instances) else { return Ok(None) };
        is_whole &= instances.len() == found.len();
        out.push(Named { series, instances });
    }
    Ok(is_whole.then_some(out))
}
