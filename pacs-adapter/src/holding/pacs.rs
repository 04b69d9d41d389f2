//! Asking the PACS for instances: by C-GET, or by C-MOVE to ourselves where it does not take that.

use crate::{
    crawl::How,
    peers::Peer,
    requester::{Association, Error, FIND, GET, Identifier, MOVE, Proposed, Requester, Retrieved, Roles, get_contexts},
    services::Service,
};
use catalog::Scope;
use imaging_domain::{Instance, Level, VR, tags, transfer_syntax};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// The PACS, over so many associations at once.
pub(super) struct Pacs {
    requester: Requester,
    pub(super) archive: Peer,
    associations: Semaphore,
    /// Whether it is asked by C-MOVE: so it was said, or it took no C-GET.
    moves: AtomicBool,
}

impl Pacs {
    pub(super) fn new(requester: Requester, archive: Peer, how: How, associations: usize) -> Self {
        let (associations, moves) = (Semaphore::new(associations.max(1)), AtomicBool::new(how == How::Move));
        Self { requester, archive, associations, moves }
    }

    pub(super) fn moves(&self) -> bool {
        self.moves.load(Ordering::Relaxed)
    }

    /// Brings a scope: by C-GET into `store`, by C-MOVE to wherever the listener has it. `classes` are those of its instances, as
    /// far as they are known.
    pub(super) async fn bring(&self, scope: &Scope, classes: &[String], store: &dyn Service) -> Result<(), Error> {
        let _place = self.associations.acquire().await;
        let what = identifier(scope);
        if !self.moves() {
            match self.get(&what, &get_contexts(classes), store).await {
                Ok(retrieved) if retrieved.stored > 0 => return Ok(()),
                Ok(retrieved) => tracing::info!(status = %retrieved.status, "C-GET brings nothing; C-MOVE is tried"),
                Err(error) => self.went_wrong(error)?,
            }
        }
        self.move_here(&what).await
    }

    /// Brings one instance that was seen before, in the transfer syntax that it came in, which alone is proposed; says whether it
    /// came. Only by C-GET.
    pub(super) async fn bring_again(&self, instance: &Instance, store: &dyn Service) -> Result<bool, Error> {
        let _place = self.associations.acquire().await;
        let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
        let contexts = [
            Proposed::new(GET, [transfer_syntax::IMPLICIT_LITTLE]),
            Proposed { roles: Roles::Provider, ..Proposed::new(class, [instance.transfer_syntax.as_str()]) },
        ];
        match self.get(&identifier(&scope_of(instance)), &contexts, store).await {
            Ok(retrieved) => Ok(retrieved.stored == 1),
            Err(error) => self.went_wrong(error).map(|()| false),
        }
    }

    async fn get(&self, what: &Identifier, contexts: &[Proposed], store: &dyn Service) -> Result<Retrieved, Error> {
        let mut association = self.requester.open(&self.archive, contexts).await?;
        let got = association.get(what, store).await;
        association.end(got).await
    }

    async fn move_here(&self, what: &Identifier) -> Result<(), Error> {
        let contexts = [FIND, MOVE].map(|model| Proposed::new(model, [transfer_syntax::IMPLICIT_LITTLE]));
        let mut association: Association = self.requester.open(&self.archive, &contexts).await?;
        let moved = association.move_to(self.requester.calling(), what, |_| {}).await;
        let Retrieved { status, counts, .. } = association.end(moved).await?;
        if counts.completed.unwrap_or(0) == 0 {
            tracing::warn!(%status, "the archive moves nothing to us");
        } else if !self.moves.swap(true, Ordering::Relaxed) {
            tracing::info!(archive = %self.archive.ae_title, "the archive gives nothing by C-GET; it is asked by C-MOVE from now on");
        }
        Ok(())
    }

    /// What C-MOVE may mend: an archive that accepts no C-GET, or that breaks off when it hears one, as Orthanc does when it is not
    /// allowed. Every other error is one.
    fn went_wrong(&self, error: Error) -> Result<(), Error> {
        match error {
            Error::NotAccepted(_) | Error::Aborted | Error::Closed => {
                tracing::info!(archive = %self.archive.ae_title, %error, "the archive takes no C-GET; C-MOVE is tried");
                Ok(())
            }
            error => Err(error),
        }
    }
}

/// One instance as a scope.
pub(super) fn scope_of(instance: &Instance) -> Scope {
    let (study, series) = (instance.study.clone(), Some(instance.series.clone()));
    Scope { study, series, instance: Some(instance.uid.clone()) }
}

fn identifier(scope: &Scope) -> Identifier {
    let level = match (&scope.series, &scope.instance) {
        (_, Some(_)) => Level::Instance,
        (Some(_), None) => Level::Series,
        (None, None) => Level::Study,
    };
    let mut what = Identifier::at(level).matching(tags::STUDY_INSTANCE_UID, VR::UI, scope.study.as_str());
    if let Some(series) = &scope.series {
        what = what.matching(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str());
    }
    if let Some(instance) = &scope.instance {
        what = what.matching(tags::SOP_INSTANCE_UID, VR::UI, instance.as_str());
    }
    what
}
