//! Fetching one study after the other over an association that stays open.

use super::{asking::Named, config::How, crawler::Parts, lacking::lacking, wanted::wanted, worker::Done};
use crate::{
    peers::Peer,
    requester::{Association, Error, FIND, MOVE, Proposed, Retrieved, get_contexts},
};
use access_control::{Object, View, decide};
use catalog::{DueStudy, Scope};
use imaging_domain::{Principal, StudyUid, transfer_syntax};
use std::{collections::HashMap, sync::Arc};

/// What did not go as it should, for the report.
pub(super) type Why = String;

/// An association, and the SOP classes it was opened for.
struct Open {
    association: Association,
    classes: Vec<String>,
}

/// What was asked for.
struct Asked {
    retrieved: Vec<Retrieved>,
    /// Instances among it of which the archive had told nothing.
    others: Vec<Named>,
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

    /// Fetches what is missing of a study.
    pub(super) async fn fetch(&mut self, due: &DueStudy) -> Result<Done, Why> {
        let before = self.held(&due.listed.study).await?;
        let count = |held: &HashMap<String, u64>| held.values().sum::<u64>();
        // what was rewritten under its UIDs comes again: what is other bytes then is kept aside, where a hospital sees it
        let is_compared = due.is_rewritten || due.is_looked_into;
        if !is_compared && due.listed.instances.is_some_and(|told| count(&before) >= told) {
            return Ok(Done::default());
        }
        let was_open = self.open.is_some();
        let mut asked = self.ask(due, &before).await;
        if was_open && asked.is_err() {
            // an association that was idle may be gone: a new one decides
            asked = self.ask(due, &before).await;
        }
        let Asked { retrieved, others } = asked.map_err(|error| error.to_string())??;
        let status = retrieved.last().map_or("nothing".to_owned(), |part| part.status.to_string());
        let has_changed = !others.is_empty();
        let lacking = lacking(self.parts.studies.as_ref(), &due.listed.study, others).await;
        let lacking = lacking.map_err(|error| error.to_string())?;
        let lost: usize = lacking.iter().map(|series| series.instances.len()).sum();
        if lost > 0 {
            return Err(format!("{lost} instances that the archive names are not here, it says {status}"));
        }
        let held = count(&self.held(&due.listed.study).await?);
        let is_whole = match due.listed.instances {
            Some(told) => held >= told,
            None => retrieved.iter().all(|part| part.status.is_done() && part.counts.failed.unwrap_or(0) == 0),
        };
        if is_whole {
            return Ok(Done { instances: held - count(&before).min(held), has_changed });
        }
        let told = due.listed.instances.map_or("an unknown number of".to_owned(), |told| told.to_string());
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

    /// Asks for what is wanted of the study. After an error the association is gone.
    async fn ask(&mut self, due: &DueStudy, held: &HashMap<String, u64>) -> Result<Result<Asked, Why>, Error> {
        let mut open = self.opened(due).await?;
        let asked = self.ask_over(&mut open.association, due, held).await;
        match asked {
            Ok(asked) => {
                self.open = Some(open);
                Ok(asked)
            }
            failed => open.association.end(failed).await,
        }
    }

    async fn ask_over(
        &self,
        association: &mut Association,
        due: &DueStudy,
        held: &HashMap<String, u64>,
    ) -> Result<Result<Asked, Why>, Error> {
        let wanted = match wanted(association, self.parts.studies.as_ref(), due, held).await? {
            Ok(wanted) => wanted,
            Err(why) => return Ok(Err(why)),
        };
        let mut retrieved = Vec::new();
        for what in &wanted.keys {
            retrieved.push(match self.how {
                How::Get => association.get(what, self.parts.store.as_ref()).await?,
                How::Move => association.move_to(self.parts.requester.calling(), what, |_| {}).await?,
            });
        }
        Ok(Ok(Asked { retrieved, others: wanted.others }))
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
