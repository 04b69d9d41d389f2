//! The queues for whoever looks after them.

use super::{config::Config, dispatch::Dispatcher, trouble::Troubles};
use crate::{images::Images, peers::Peers, requester::Requester};
use access_control::{Manage, Object, Overview, Permit, Store, decide};
use archive::Error;
use audit_log::{AuditLog, Event, What};
use catalog::Routes;
use imaging_domain::{AeTitle, Principal, SiteId, StudyUid};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use viewer_api::{HeldBack, Route};

/// Held studies that are told of.
const MAX_HELD: usize = 500;

/// What forwarding is made of.
pub struct Parts {
    /// The queues.
    pub routes: Arc<dyn Routes>,
    /// The images.
    pub images: Arc<dyn Images>,
    /// Opens associations.
    pub requester: Requester,
    /// Who has which address.
    pub peers: Peers,
    /// Whom rules send to.
    pub sent_to: BTreeSet<AeTitle>,
    /// Told whenever something arrived.
    pub written: Arc<Notify>,
    /// Whose adapter it is.
    pub site: SiteId,
    /// The audit log.
    pub audit: AuditLog,
    /// How often a destination is tried.
    pub config: Config,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

/// Sends copies, and tells of them. Cheap to clone.
#[derive(Clone)]
pub struct Forwarding {
    parts: Arc<Parts>,
    troubles: Troubles,
    now: Arc<Notify>,
}

impl Forwarding {
    /// Forwarding by these parts; nothing is sent before it is started.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), troubles: Troubles::default(), now: Arc::default() }
    }

    /// Sends to every peer with an address until told to stop.
    pub fn start(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        let dispatcher = Dispatcher::new(Arc::clone(&self.parts), self.troubles.clone(), Arc::clone(&self.now));
        tasks.spawn(dispatcher.run(stop.clone()));
    }

    /// Whether a rule sends to it.
    pub fn is_sent_to(&self, ae_title: &AeTitle) -> bool {
        self.parts.sent_to.contains(ae_title)
    }

    /// How each destination does for which something waits or failed.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn routes(&self, who: &Principal) -> Result<Vec<Route>, Error> {
        let permit: Permit<Overview> = decide(who, Object::Region)?;
        let told = |state: catalog::RouteState| {
            let known = self.parts.peers.by_title(&state.destination).is_some();
            let trouble = self.troubles.of(&state.destination).filter(|_| state.waiting > 0);
            let nowhere = (!known).then(|| "nobody is known by this title with an address".to_owned());
            Route {
                ae_title: state.destination,
                waiting: state.waiting,
                failed: state.failed,
                oldest_ms: state.oldest_ms,
                trouble: nowhere.or_else(|| trouble.as_ref().map(|trouble| trouble.why.clone())),
                next_ms: trouble.map(|trouble| trouble.next_ms),
                why: state.why,
            }
        };
        Ok(self.parts.routes.routes(&permit).await?.into_iter().map(told).collect())
    }

    /// Studies of which something is held.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn held(&self, who: &Principal) -> Result<Vec<HeldBack>, Error> {
        let permit: Permit<Overview> = decide(who, Object::Region)?;
        let held = self.parts.routes.held(&permit, MAX_HELD).await?;
        let told = |held: catalog::HeldStudy| HeldBack {
            study: held.study,
            instances: held.instances,
            since_ms: held.since_ms,
        };
        Ok(held.into_iter().map(told).collect())
    }

    /// Lets what failed wait again, at one destination or at all, and tries all destinations at once; it is audited.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index or the audit log says.
    pub async fn retry(&self, who: &Principal, destination: Option<&AeTitle>) -> Result<u64, Error> {
        decide::<Manage>(who, Object::Region)?;
        let permit: Permit<Store> = decide(&Principal::Service("forwarding"), Object::Region)?;
        self.parts.audit.record(Event::new(What::SentAgain, who)).await?;
        let count = self.parts.routes.retry(&permit, destination).await?;
        self.now.notify_waiters();
        Ok(count)
    }

    /// Releases what is held of a study: the region is told of it, and copies go where they are to go.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`] when nothing of it is held; or what the index says.
    pub async fn release(&self, who: &Principal, study: &StudyUid) -> Result<u64, Error> {
        decide::<Manage>(who, Object::Region)?;
        let permit: Permit<Store> = decide(&Principal::Service("forwarding"), Object::Region)?;
        self.parts.audit.record(Event::new(What::Release, who).study(study)).await?;
        let count = self.parts.routes.release(&permit, &self.parts.site, study, (self.parts.clock)()).await?;
        if count == 0 {
            return Err(Error::NotFound("held study"));
        }
        self.parts.written.notify_waiters();
        Ok(count)
    }
}
