//! Learning what a study has, without its bytes: C-FIND at the levels of study, series and image (PS3.4 C.6.2.1).

use super::{
    asking::{MAX_INSTANCES, MAX_SERIES, Named, all},
    crawler::Parts,
    lacking::lacking,
    promise::{promise, take, told_at},
    worker::Done,
};
use crate::{
    peers::Peer,
    requester::{Association, Error, FIND, Identifier, Proposed},
};
use archive::{Committer, PacsNews};
use catalog::DueStudy;
use imaging_domain::{DataSet, Instance, Level, Principal, SeriesUid, StudyUid, VR, tags, transfer_syntax};
use std::sync::Arc;

const WHO: Principal = Principal::Service("crawl");

/// One of those who learn, over an association that stays open.
pub(super) struct Learner {
    parts: Arc<Parts>,
    committer: Committer,
    archive: Peer,
    open: Option<Association>,
}

/// What the archive told of a study.
struct Told {
    instances: Vec<Instance>,
    /// Whether it told all of it.
    is_whole: bool,
}

impl Learner {
    pub(super) fn new(parts: Arc<Parts>, committer: Committer, archive: Peer) -> Self {
        Self { parts, committer, archive, open: None }
    }

    /// Learns of a study; done for as many instances as it has.
    pub(super) async fn learn(&mut self, due: &DueStudy) -> Result<Done, String> {
        let was_open = self.open.is_some();
        let mut asked = self.ask(due).await;
        if was_open && asked.is_err() {
            // an association that was idle may be gone: a new one decides
            asked = self.ask(due).await;
        }
        let Told { instances, is_whole } = asked.map_err(|error| error.to_string())?;
        let count = instances.len() as u64;
        let still = match (is_whole, due.is_rewritten) {
            (false, _) => None,
            // whoever rewrote it rewrote its instances too: what was known of them is forgotten
            (true, true) => Some(vec![]),
            (true, false) => Some(instances.iter().map(|instance| instance.uid.clone()).collect()),
        };
        let has_changed = due.is_looked_into && self.lacks(&due.listed.study, &instances).await?;
        let news = PacsNews { told: instances, still };
        self.committer.learn(&WHO, &due.listed.study, news).await.map_err(|error| error.to_string())?;
        match due.listed.instances.filter(|told| count < *told) {
            None if is_whole => Ok(Done { instances: count, has_changed }),
            None => Err(format!("{count} instances are known, and the archive did not tell all")),
            Some(told) => Err(format!("{count} of {told} instances are known")),
        }
    }

    /// Whether there are some of which nothing is known.
    async fn lacks(&self, study: &StudyUid, told: &[Instance]) -> Result<bool, String> {
        let of_series = told.chunk_by(|one, next| one.series == next.series).map(|of_series| Named {
            series: of_series[0].series.clone(),
            instances: of_series.iter().map(|instance| instance.uid.clone()).collect(),
        });
        let lacking = lacking(self.parts.studies.as_ref(), study, of_series.collect()).await;
        Ok(!lacking.map_err(|error| error.to_string())?.is_empty())
    }

    /// Whether the archive has a study no more, which it says when it is asked for that one; if so it is forgotten.
    pub(super) async fn forget_if_gone(&mut self, study: &StudyUid) -> Result<bool, String> {
        let asked = Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str());
        let mut association = self.association().await.map_err(|error| error.to_string())?;
        let found = all(&mut association, &asked, 1).await;
        let found = self.keep(association, found).await.map_err(|error| error.to_string())?;
        let is_gone = found.0.is_empty() && found.1;
        if is_gone {
            let news = PacsNews { told: vec![], still: Some(vec![]) };
            self.committer.learn(&WHO, study, news).await.map_err(|error| error.to_string())?;
        }
        Ok(is_gone)
    }

    /// Ends the association in order.
    pub(super) async fn release(&mut self) {
        if let Some(open) = self.open.take() {
            let _ = open.end(Ok(())).await;
        }
    }

    async fn association(&mut self) -> Result<Association, Error> {
        match self.open.take() {
            Some(open) => Ok(open),
            None => {
                let contexts = [Proposed::new(FIND, [transfer_syntax::IMPLICIT_LITTLE])];
                self.parts.requester.open(&self.archive, &contexts).await
            }
        }
    }

    /// Keeps an association that is still good.
    async fn keep<T>(&mut self, association: Association, came: Result<T, Error>) -> Result<T, Error> {
        match came {
            Ok(came) => {
                self.open = Some(association);
                Ok(came)
            }
            failed => association.end(failed).await,
        }
    }

    async fn ask(&mut self, due: &DueStudy) -> Result<Told, Error> {
        let mut association = self.association().await?;
        let told = ask_over(&mut association, due, (self.parts.clock)()).await;
        self.keep(association, told).await
    }
}

async fn ask_over(association: &mut Association, due: &DueStudy, now_ms: i64) -> Result<Told, Error> {
    let uid = due.listed.study.as_str();
    let of_study = told_at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, uid);
    let (studies, _) = all(association, &of_study, 1).await?;
    let of_series = told_at(Level::Series).matching(tags::STUDY_INSTANCE_UID, VR::UI, uid);
    let (series, mut is_whole) = all(association, &of_series, MAX_SERIES).await?;
    let mut instances = Vec::new();
    for one in &series {
        let Some(series) = one.text(tags::SERIES_INSTANCE_UID).and_then(|uid| SeriesUid::parse(uid).ok()) else {
            is_whole = false;
            continue;
        };
        let asked = told_at(Level::Instance)
            .told(tags::AVAILABLE_TRANSFER_SYNTAX_UID, VR::UI)
            .matching(tags::STUDY_INSTANCE_UID, VR::UI, uid)
            .matching(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str());
        let (found, are_all) = all(association, &asked, MAX_INSTANCES).await?;
        is_whole &= are_all;
        for image in &found {
            let mut attributes = DataSet::new();
            for (level, told) in
                [(Level::Study, studies.first()), (Level::Series, Some(one)), (Level::Instance, Some(image))]
            {
                told.into_iter().for_each(|told| take(&mut attributes, level, told));
            }
            match promise(due, &series, image, attributes, now_ms) {
                Some(instance) => instances.push(instance),
                None => is_whole = false,
            }
        }
    }
    Ok(Told { instances, is_whole })
}
