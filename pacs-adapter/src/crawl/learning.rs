//! Learning what a study has, without its bytes: C-FIND at the levels of study, series and image (PS3.4 C.6.2.1).

use super::{
    asking::{Answers, MAX_INSTANCES, MAX_SERIES, Named},
    crawler::WHO,
    lacking::how_many,
    line::{Line, Use, Why},
    promise::{promise, take, told_at},
    worker::Done,
};
use crate::requester::Identifier;
use archive::{Committer, PacsNews};
use catalog::DueStudy;
use imaging_domain::{DataSet, Instance, InstanceUid, Level, SeriesUid, VR, tags};
use std::collections::HashSet;

/// One of those who learn.
pub(super) struct Learner {
    pub(super) line: Line,
    committer: Committer,
    /// Instances that the archive told of the last study.
    pub(super) came: u64,
}

/// What the archive told of a study.
struct Told {
    instances: Vec<Instance>,
    /// Whether it told all of it.
    is_whole: bool,
}

impl Learner {
    pub(super) fn new(line: Line, committer: Committer) -> Self {
        Self { line, committer, came: 0 }
    }

    /// Learns of a study; done for as many instances as it has.
    pub(super) async fn learn(&mut self, due: &DueStudy) -> Result<Done, Why> {
        let study = &due.listed.study;
        self.came = 0;
        let Told { instances, is_whole } = self.ask(due).await?;
        let count = instances.len() as u64;
        self.came = count;
        let named = || named(&instances);
        let unknown = self.line.lacking(study, named()).await?;
        let is_whole = is_whole && count > 0 && due.listed.instances.is_none_or(|told| count >= told);
        // fewer than it says it has are no proof that something is gone
        let still = is_whole.then(|| still(&instances, &unknown, due.is_rewritten));
        let has_changed = due.is_looked_into && !unknown.is_empty();
        let names = named();
        self.committer.learn(&WHO, study, PacsNews { told: instances, still }).await.map_err(Why::failed)?;
        let lost = how_many(&self.line.lacking(study, names).await?);
        match due.listed.instances {
            _ if lost > 0 => {
                Err(Why::Failed(format!("{lost} of {count} instances are known as those of another study")))
            }
            _ if is_whole => Ok(Done { has_changed, left_out: 0 }),
            Some(told) if count < told => Err(Why::Failed(format!("{count} of {told} instances are known"))),
            _ => Err(Why::Failed(format!("{count} instances are known, and the archive did not tell all"))),
        }
    }

    async fn ask(&mut self, due: &DueStudy) -> Result<Told, Why> {
        let uid = due.listed.study.as_str();
        let of_study = told_at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, uid);
        let studies = self.all(&of_study, 1).await?.found;
        let of_series = told_at(Level::Series).matching(tags::STUDY_INSTANCE_UID, VR::UI, uid);
        let Answers { found: all_series, are_all: mut is_whole } = self.all(&of_series, MAX_SERIES).await?;
        let mut instances = Vec::new();
        for one in &all_series {
            let Some(series) = one.text(tags::SERIES_INSTANCE_UID).and_then(|uid| SeriesUid::parse(uid).ok()) else {
                is_whole = false;
                continue;
            };
            let asked = told_at(Level::Instance)
                .told(tags::AVAILABLE_TRANSFER_SYNTAX_UID, VR::UI)
                .matching(tags::STUDY_INSTANCE_UID, VR::UI, uid)
                .matching(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str());
            let images = self.all(&asked, MAX_INSTANCES).await?;
            is_whole &= images.are_all;
            for image in &images.found {
                let attributes = attributes(studies.first(), one, image);
                match promise(due, &series, image, attributes, (self.line.parts.clock)()) {
                    Some(instance) => instances.push(instance),
                    None => is_whole = false,
                }
            }
        }
        Ok(Told { instances, is_whole })
    }

    async fn all(&mut self, asked: &Identifier, most: usize) -> Result<Answers, Why> {
        self.line.all(&Use::Finding, asked, most).await
    }
}

fn attributes(study: Option<&DataSet>, series: &DataSet, image: &DataSet) -> DataSet {
    let mut attributes = DataSet::new();
    for (level, told) in [(Level::Study, study), (Level::Series, Some(series)), (Level::Instance, Some(image))] {
        told.into_iter().for_each(|told| take(&mut attributes, level, told));
    }
    attributes
}

fn named(instances: &[Instance]) -> Vec<Named> {
    let of_series = instances.chunk_by(|one, next| one.series == next.series).map(|of_series| Named {
        series: of_series[0].series.clone(),
        instances: of_series.iter().map(|instance| instance.uid.clone()).collect(),
    });
    of_series.collect()
}

/// What the archive still has of what was known. Whoever rewrote a study rewrote its instances too; and one that is in another
/// series now is known there no more.
fn still(told: &[Instance], unknown: &[Named], is_rewritten: bool) -> Vec<InstanceUid> {
    if is_rewritten {
        return vec![];
    }
    let unknown: HashSet<_> = unknown.iter().flat_map(|series| &series.instances).collect();
    told.iter().map(|instance| &instance.uid).filter(|uid| !unknown.contains(uid)).cloned().collect()
}
