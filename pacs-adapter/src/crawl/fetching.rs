//! Fetching one study after the other over an association that stays open.

use super::{config::How, crawler::Parts};
use crate::{
    peers::Peer,
    requester::{Association, Error, FIND, Identifier, MOVE, Proposed, Retrieved, get_contexts},
};
use access_control::{Object, View, decide};
use catalog::{DueStudy, Scope};
use imaging_domain::{DataSet, Level, Principal, StudyUid, VR, tags, transfer_syntax};
use std::{collections::HashMap, sync::Arc};

/// What did not go as it should, for the report.
pub(super) type Why = String;

/// An association, and the SOP classes it was opened for.
struct Open {
    association: Association,
    classes: Vec<String>,
}

/// One of those who fetch.
pub(super) struct Fetcher {
    parts: Arc<Parts>,
    archive: Peer,
    how: How,
    open: Option<Open>,
}

impl Fetcher {
    pub(super) fn new(parts: Arc<Parts>, archive: Peer, how: How) -> Self {
        Self { parts, archive, how, open: None }
    }

    /// Fetches what is missing of a study; gives how many instances came.
    pub(super) async fn fetch(&mut self, due: &DueStudy) -> Result<u64, Why> {
        let before = self.held(&due.listed.study).await?;
        let count = |held: &HashMap<String, u64>| held.values().sum::<u64>();
        // what was rewritten under its UIDs comes again: what is other bytes then is kept aside, where a hospital sees it
        if !due.is_rewritten && due.listed.instances.is_some_and(|told| count(&before) >= told) {
            return Ok(0);
        }
        let was_open = self.open.is_some();
        let mut asked = self.ask(due, &before).await;
        if was_open && asked.is_err() {
            // an association that was idle may be gone: a new one decides
            asked = self.ask(due, &before).await;
        }
        let retrieved = asked.map_err(|error| error.to_string())?;
        let held = count(&self.held(&due.listed.study).await?);
        let is_whole = match due.listed.instances {
            Some(told) => held >= told,
            None => retrieved.iter().all(|part| part.status.is_done() && part.counts.failed.unwrap_or(0) == 0),
        };
        if is_whole {
            return Ok(held - count(&before).min(held));
        }
        let told = due.listed.instances.map_or("an unknown number of".to_owned(), |told| told.to_string());
        let status = retrieved.last().map(|part| part.status.to_string()).unwrap_or_default();
        Err(format!("{held} of {told} instances are here, the archive says {status}"))
    }

    /// Ends the association in order.
    pub(super) async fn release(&mut self) {
        if let Some(open) = self.open.take() {
            let _ = open.association.end(Ok(())).await;
        }
    }

    /// How many instances are here, by series.
    async fn held(&self, study: &StudyUid) -> Result<HashMap<String, u64>, Why> {
        let view = decide::<View>(&Principal::Service("crawl"), Object::Region).map_err(|error| error.to_string())?;
        let scope = Scope { study: study.clone(), series: None, instance: None };
        let versions = self.parts.readiness.versions(&view, &scope).await.map_err(|error| error.to_string())?;
        Ok(versions.into_iter().map(|series| (series.series.to_string(), series.instances)).collect())
    }

    /// Asks for the study, or for those of its series of which something is missing. After an error the association is gone.
    async fn ask(&mut self, due: &DueStudy, held: &HashMap<String, u64>) -> Result<Vec<Retrieved>, Error> {
        let mut open = self.opened(due).await?;
        let asked = self.ask_over(&mut open.association, due, held).await;
        match asked {
            Ok(retrieved) => {
                self.open = Some(open);
                Ok(retrieved)
            }
            failed => open.association.end(failed).await,
        }
    }

    async fn ask_over(
        &self,
        association: &mut Association,
        due: &DueStudy,
        held: &HashMap<String, u64>,
    ) -> Result<Vec<Retrieved>, Error> {
        let study = due.listed.study.as_str();
        let whole = Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, study);
        let mut wanted = if held.is_empty() { vec![] } else { missing(association, study, held).await? };
        if wanted.is_empty() {
            wanted.push(whole);
        }
        let mut retrieved = Vec::new();
        for what in &wanted {
            retrieved.push(match self.how {
                How::Get => association.get(what, self.parts.store.as_ref()).await?,
                How::Move => association.move_to(self.parts.requester.calling(), what, |_| {}).await?,
            });
        }
        Ok(retrieved)
    }

    /// The open association when it was opened for what this study has, else another.
    async fn opened(&mut self, due: &DueStudy) -> Result<Open, Error> {
        let classes = &due.listed.classes;
        if let Some(open) = self.open.take() {
            let fits = if classes.is_empty() {
                open.classes.is_empty()
            } else {
                classes.iter().all(|class| open.classes.contains(class))
            };
            if self.how == How::Move || fits {
                return Ok(open);
            }
            let _ = open.association.end(Ok(())).await;
        }
        let contexts = match self.how {
            How::Get => get_contexts(classes),
            How::Move => [FIND, MOVE].map(|model| Proposed::new(model, [transfer_syntax::IMPLICIT_LITTLE])).into(),
        };
        let association = self.parts.requester.open(&self.archive, &contexts).await?;
        Ok(Open { association, classes: classes.clone() })
    }
}

/// The series of which less is here than the archive has.
async fn missing(
    association: &mut Association,
    study: &str,
    held: &HashMap<String, u64>,
) -> Result<Vec<Identifier>, Error> {
    let asked = Identifier::at(Level::Series)
        .matching(tags::STUDY_INSTANCE_UID, VR::UI, study)
        .told(tags::SERIES_INSTANCE_UID, VR::UI)
        .told(tags::NUMBER_OF_SERIES_RELATED_INSTANCES, VR::IS);
    let mut wanted = Vec::new();
    let mut finding = association.find(&asked).await?;
    while let Some(found) = finding.next().await? {
        if let Some(series) = found.text(tags::SERIES_INSTANCE_UID).filter(|series| lacks(&found, held.get(*series))) {
            let what = Identifier::at(Level::Series).matching(tags::STUDY_INSTANCE_UID, VR::UI, study);
            wanted.push(what.matching(tags::SERIES_INSTANCE_UID, VR::UI, series));
        }
    }
    Ok(wanted)
}

fn lacks(found: &DataSet, held: Option<&u64>) -> bool {
    let told = found.int(tags::NUMBER_OF_SERIES_RELATED_INSTANCES).and_then(|told| u64::try_from(told).ok());
    told.is_none_or(|told| held.is_none_or(|held| *held < told))
}
