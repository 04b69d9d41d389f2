//! Questions to an archive of which every answer is wanted.

use super::line::{Line, Use, Why};
use crate::requester::{Association, Error, Identifier};
use dimse::{Category, Status};
use imaging_domain::{DataSet, InstanceUid, Level, SeriesUid, StudyUid, VR, tags};

/// The most series of a study, and instances of a series, that are asked for.
pub(super) const MAX_SERIES: usize = 10_000;
pub(super) const MAX_INSTANCES: usize = 100_000;

/// What an archive told.
pub(super) struct Answers {
    pub(super) found: Vec<DataSet>,
    /// Whether these are all.
    pub(super) are_all: bool,
}

/// Instances of a series by their names.
pub(super) struct Named {
    pub(super) series: SeriesUid,
    pub(super) instances: Vec<InstanceUid>,
}

impl Line {
    /// All matches, at most so many. What is an answer to something else, as archives give that ignore a key, is left out.
    pub(super) async fn all(&mut self, purpose: &Use, asked: &Identifier, most: usize) -> Result<Answers, Why> {
        loop {
            let mut open = self.take(purpose).await?;
            match all(&mut open.association, asked, (most, self.answer_limit)).await {
                Ok(answers) => {
                    self.keep(open);
                    return Ok(answers);
                }
                Err(error) => self.broke(open, error).await?,
            }
        }
    }

    /// What an archive says is in a study; `None` when it does not tell all of it.
    pub(super) async fn named(&mut self, purpose: &Use, study: &StudyUid) -> Result<Option<Vec<Named>>, Why> {
        let of_study = of(Level::Series, study).told(tags::SERIES_INSTANCE_UID, VR::UI);
        let Answers { found, mut are_all } = self.all(purpose, &of_study, MAX_SERIES).await?;
        let Some(series) = uids(&found, tags::SERIES_INSTANCE_UID) else { return Ok(None) };
        let mut out = Vec::new();
        for uid in series {
            let of_series = of(Level::Instance, study).matching(tags::SERIES_INSTANCE_UID, VR::UI, &uid);
            let asked = of_series.told(tags::SOP_INSTANCE_UID, VR::UI);
            let answers = self.all(purpose, &asked, MAX_INSTANCES).await?;
            are_all &= answers.are_all;
            let Some(instances) = uids(&answers.found, tags::SOP_INSTANCE_UID) else { return Ok(None) };
            let instances: Result<Vec<_>, _> = instances.iter().map(|uid| InstanceUid::parse(uid)).collect();
            let (Ok(series), Ok(instances)) = (SeriesUid::parse(&uid), instances) else { return Ok(None) };
            out.push(Named { series, instances });
        }
        let is_something = out.iter().any(|series| !series.instances.is_empty());
        Ok((are_all && is_something).then_some(out))
    }
}

/// What is asked of one study.
pub(super) fn of(level: Level, study: &StudyUid) -> Identifier {
    Identifier::at(level).matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str())
}

fn uids(found: &[DataSet], tag: imaging_domain::Tag) -> Option<Vec<String>> {
    found.iter().map(|one| one.text(tag).map(str::to_owned)).collect()
}

async fn all(
    association: &mut Association,
    asked: &Identifier,
    (most, answer_limit): (usize, usize),
) -> Result<Answers, Error> {
    let mut finding = association.find(asked).await?;
    let (mut found, mut matches) = (Vec::new(), 0);
    while let Some(one) = finding.next().await? {
        matches += 1;
        if asked.is_answered_by(&one) {
            found.push(one);
        }
        if found.len() > most {
            finding.cancel().await?;
            found.truncate(most);
            return Ok(Answers { found, are_all: false });
        }
    }
    let is_success = finding.status().unwrap_or(Status::PROCESSING_FAILURE).category() == Category::Success;
    Ok(Answers { found, are_all: is_success && (answer_limit == 0 || matches < answer_limit) })
}
