//! What a PACS says it has, on its way into the index without its bytes.

use crate::{
    committer::{Committer, Job, Place},
    error::Error,
};
use access_control::{Object, Permit, Store, decide};
use audit_log::{Event, What};
use catalog::Arrival;
use imaging_domain::{Instance, InstanceUid, Keeping, Principal, StudyUid};
use tokio::sync::oneshot;

/// What the PACS says it has of a study that is to be found without its bytes.
#[derive(Debug)]
pub struct PacsNews {
    /// Instances that it told of ([`Keeping::Promised`]).
    pub told: Vec<Instance>,
    /// All it still has, when that is known; what else only the PACS had is taken out.
    pub still: Option<Vec<InstanceUid>>,
}

/// News of a study, and who waits until they are in the index.
pub(crate) struct Learning {
    who: Principal,
    permit: Permit<Store>,
    study: StudyUid,
    news: PacsNews,
    answer: oneshot::Sender<Result<(), Error>>,
}

impl Committer {
    /// Takes what the PACS says of a study into the index, without its bytes.
    ///
    /// # Errors
    /// [`Error::Denied`] when the principal may not store, or what the index says.
    pub async fn learn(&self, who: &Principal, study: &StudyUid, news: PacsNews) -> Result<(), Error> {
        let permit = decide::<Store>(who, Object::Region)?;
        let (answer, answered) = oneshot::channel();
        let learning = Learning { who: who.clone(), permit, study: study.clone(), news, answer };
        self.jobs.send(Job::News(Box::new(learning))).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::Stopping)?
    }
}

impl Learning {
    /// In the committer's turn.
    pub(crate) async fn carry_out(self, place: &Place) {
        let Self { who, permit, study, news, answer } = self;
        // who went away meanwhile has no use for the answer
        let _ = answer.send(learn(place, &who, &permit, &study, news).await);
    }
}

/// What the PACS has no more goes first, so that a study that it made anew begins anew.
async fn learn(
    place: &Place,
    who: &Principal,
    permit: &Permit<Store>,
    study: &StudyUid,
    PacsNews { told, still }: PacsNews,
) -> Result<(), Error> {
    let Place { parts, site, written, elsewhere } = place;
    let Some(elsewhere) = elsewhere else { return Err(Error::Unsupported("a store that is no cache")) };
    parts.audit.record(Event::new(What::Store, who).study(study).count(told.len())).await?;
    if let Some(still) = still {
        elsewhere.gone_from_pacs(permit, site, study, still, (parts.clock)()).await?;
    }
    let promise = |instance| Instance { keeping: Keeping::Promised, ..instance };
    let arrivals = told.into_iter().map(|instance| Arrival::new(site.clone(), promise(instance)));
    parts.index.commit(permit, arrivals.collect()).await?;
    written.notify_waiters();
    Ok(())
}
