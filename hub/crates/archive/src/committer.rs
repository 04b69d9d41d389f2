//! The last step of every arrival. Each publishes its bytes by itself, beside the others, and at the same time is recorded in
//! the audit log; those that have come meanwhile then share one index transaction, and only then everybody hears its answer.

use crate::{archive::Parts, error::Error, framing::Outcome, learned::Learning, together::commit_group};
use access_control::{Delete, Object, Permit, Store, decide};
use audit_log::{Event, Outcome as AuditOutcome, What};
use blob_store::Sealed;
use catalog::{Deleted, Elsewhere, Orders};
use imaging_domain::{Instance, Principal, SiteId, StudyUid};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::error;

/// The most arrivals of one commit.
const MAX_GROUP: usize = 256;

/// In turn, so that nothing arrives of what is being deleted.
pub(crate) enum Job {
    Arrival(Box<Arriving>),
    News(Box<Learning>),
    Deletion { study: StudyUid, permit: Permit<Delete>, answer: oneshot::Sender<Result<Deleted, Error>> },
}

/// An arrival whose bytes are published.
pub(crate) struct Arriving {
    pub(crate) permit: Permit<Store>,
    pub(crate) instance: Instance,
    pub(crate) orders: Orders,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Error>>,
}

/// Commits arrivals of one site. Cheap to clone; its task ends when the last clone is gone.
#[derive(Clone)]
pub struct Committer {
    parts: Arc<Parts>,
    pub(crate) jobs: mpsc::Sender<Job>,
}

/// What a committer's task works with.
pub(crate) struct Place {
    pub(crate) parts: Arc<Parts>,
    pub(crate) site: SiteId,
    pub(crate) written: Arc<Notify>,
    /// Of one whose bytes are a cache of what the PACS keeps.
    pub(crate) elsewhere: Option<Arc<dyn Elsewhere>>,
}

impl Committer {
    /// Starts the committer of a site. `written` is notified after each commit that made the feed longer.
    pub fn start(parts: Parts, site: SiteId, written: Arc<Notify>) -> Self {
        Self::start_in(Place { parts: Arc::new(parts), site, written, elsewhere: None })
    }

    /// The same for what a site's PACS keeps: the bytes are a cache, and what the PACS gives takes the place of what it gave.
    pub fn start_caching(parts: Parts, site: SiteId, written: Arc<Notify>, elsewhere: Arc<dyn Elsewhere>) -> Self {
        Self::start_in(Place { parts: Arc::new(parts), site, written, elsewhere: Some(elsewhere) })
    }

    fn start_in(place: Place) -> Self {
        let parts = Arc::clone(&place.parts);
        let (jobs, queue) = mpsc::channel(MAX_GROUP);
        tokio::spawn(run(place, queue));
        Self { parts, jobs }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) async fn commit(
        &self,
        who: Principal,
        permit: Permit<Store>,
        sealed: Sealed,
        instance: Instance,
        orders: Orders,
    ) -> Result<Outcome, Error> {
        let event = Event::new(What::Store, &who).study(&instance.study).count(1);
        self.publish(sealed, event).await.map_err(not_stored)?;
        let (answer, answered) = oneshot::channel();
        let job = Job::Arrival(Box::new(Arriving { permit, instance, orders, answer }));
        self.jobs.send(job).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::Stopping)?
    }

    /// Publishes bytes and records that, or that it failed.
    async fn publish(&self, sealed: Sealed, event: Event) -> Result<(), Error> {
        let Parts { blobs, audit, .. } = self.parts();
        // two waits for the disk that need not wait for each other; both must be over before the index says so
        let (published, recorded) = tokio::join!(blobs.publish(sealed), audit.record(event.clone()));
        recorded?;
        if let Err(error) = published {
            audit.record(event.outcome(AuditOutcome::Failed)).await?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Takes a study out of the index; its bytes are still there.
    pub(crate) async fn delete(&self, permit: Permit<Delete>, study: StudyUid) -> Result<Deleted, Error> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job::Deletion { study, permit, answer }).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::Stopping)?
    }
}

async fn run(place: Place, mut queue: mpsc::Receiver<Job>) {
    let Place { parts, site, written, .. } = &place;
    let mut group = Vec::with_capacity(MAX_GROUP);
    while queue.recv_many(&mut group, MAX_GROUP).await > 0 {
        let mut arrivals = Vec::with_capacity(group.len());
        for job in group.drain(..) {
            match job {
                Job::Arrival(arrival) => arrivals.push(*arrival),
                Job::Deletion { study, permit, answer } => {
                    commit_group(&place, std::mem::take(&mut arrivals)).await;
                    // who went away meanwhile has no use for the answer
                    let _ = answer.send(delete(parts, site, written, &permit, &study).await);
                }
                Job::News(learning) => {
                    commit_group(&place, std::mem::take(&mut arrivals)).await;
                    learning.carry_out(&place).await;
                }
            }
        }
        commit_group(&place, arrivals).await;
    }
}

/// The index first, then the bytes: what is left of them when the power fails in between is named by nothing.
async fn delete(
    parts: &Parts,
    site: &SiteId,
    written: &Notify,
    permit: &Permit<Delete>,
    study: &StudyUid,
) -> Result<Deleted, Error> {
    let deleted = parts.index.delete_study(permit, site, study, (parts.clock)()).await?;
    if deleted.instances > 0 {
        written.notify_waiters();
    }
    let removes = decide::<Store>(&Principal::Service("deletion"), Object::Site(site))?;
    for digest in &deleted.digests {
        parts.blobs.remove(&removes, digest).await?;
    }
    Ok(deleted)
}

fn not_stored(problem: Error) -> Error {
    error!(error = %problem, "an arrival was not stored");
    Error::NotCommitted
}
