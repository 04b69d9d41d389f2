//! Holding: images that come by DICOMweb, those of sites without an adapter at the hub itself, and a hospital's own at its adapter.
//!
//! They come in through the same [`Ingest`] as at a hospital, into a store of their own that nothing evicts, and the hub's
//! index numbers them as their site's feed.

use crate::{
    archive::{Archive, Parts},
    committer::Committer,
    error::Error,
    framing::{Framing, Outcome},
    incoming::Incoming,
    ingest::Ingest,
    retrieve::as_given,
    scratch::Scratch,
    terms::Terms,
};
use access_control::{ActionKind, Denied, Object, Permit, Store, decide};
use audit_log::{Event, Outcome as AuditOutcome, What};
use blob_store::BlobStore;
use imaging_domain::{Instance, Principal, SiteId, StudyUid};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// What holding allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldingLimits {
    /// The site that people who sign in store at; without one they store nowhere.
    pub users_store_to: Option<SiteId>,
    /// Requests that store at the same time; more are told to come again.
    pub at_once: usize,
    /// The most bytes of one instance.
    pub max_instance_bytes: u64,
}

/// Takes in what the hub holds itself. Cheap to clone.
#[derive(Clone)]
pub struct Holding {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    limits: HoldingLimits,
    doors: Mutex<HashMap<SiteId, Ingest>>,
    /// The one site whose own program this is; at the hub the registry says which are held.
    own: Option<SiteId>,
    slots: Arc<Semaphore>,
}

/// Somebody who stores now. While it lives it takes one of the places of [`HoldingLimits::at_once`].
#[derive(Clone)]
pub struct Deposits {
    who: Principal,
    site: SiteId,
    permit: Permit<Store>,
    ingest: Ingest,
    holding: Holding,
    _slot: Arc<OwnedSemaphorePermit>,
}

/// One instance on its way to where it is held. Dropped before `finish` it leaves nothing.
pub type Deposit = Incoming;

impl Holding {
    /// Holds images in `parts.blobs`, which has to keep what it is given.
    pub fn new(parts: Parts, limits: HoldingLimits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.at_once));
        Self { inner: Arc::new(Inner { parts, limits, doors: Mutex::default(), own: None, slots }) }
    }

    /// Takes in at a hospital, by its own way in: what is stored by DICOMweb there is stored as what comes by DICOM.
    pub fn at_hospital(parts: Parts, limits: HoldingLimits, site: SiteId, ingest: Ingest) -> Self {
        let slots = Arc::new(Semaphore::new(limits.at_once));
        let doors = Mutex::new(HashMap::from([(site.clone(), ingest)]));
        Self { inner: Arc::new(Inner { parts, limits, doors, own: Some(site), slots }) }
    }

    async fn is_held(&self, site: &SiteId) -> Result<bool, Error> {
        Ok(match &self.inner.own {
            Some(own) => own == site,
            None => self.inner.parts.registry.is_held(site).await?,
        })
    }

    /// Where a principal's instances go.
    fn site_of(&self, who: &Principal) -> Option<SiteId> {
        match who {
            Principal::Site(site) | Principal::SiteMachine { site, .. } => Some(site.clone()),
            Principal::User { .. } => self.inner.limits.users_store_to.clone(),
            _ => None,
        }
    }

    /// Whether what a site stored is kept here for a principal: at the hub, for whoever would store there.
    pub(crate) async fn keeps_for(&self, who: &Principal, site: &SiteId) -> Result<bool, Error> {
        match &self.inner.own {
            Some(own) => Ok(own == site),
            None => Ok(self.site_of(who).as_ref() == Some(site) && self.is_held(site).await?),
        }
    }

    /// The bytes of what is held.
    pub(crate) fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.inner.parts.blobs
    }

    /// Lets somebody store. Who is turned away at a hospital is told to its witness.
    async fn deposits(&self, who: &Principal) -> Result<Deposits, Error> {
        let begun = self.begun(who).await;
        if let (Err(error), Some(own)) = (&begun, &self.inner.own) {
            self.door(own).turned_away(who, &Framing::File, error).await;
        }
        begun
    }

    async fn begun(&self, who: &Principal) -> Result<Deposits, Error> {
        let site = match self.site_of(who) {
            Some(site) if self.is_held(&site).await? => Some(site),
            _ => None,
        };
        let decided = match &site {
            Some(site) => decide::<Store>(who, Object::Site(site)).map(|permit| (site.clone(), permit)),
            None => Err(Denied(ActionKind::Store)),
        };
        if decided.is_err() {
            let event = Event::new(What::Store, who).outcome(AuditOutcome::Denied);
            self.inner.parts.audit.record(event).await?;
        }
        let (site, permit) = decided?;
        let slot = Arc::clone(&self.inner.slots).try_acquire_owned().map_err(|_| Error::Busy)?;
        let (ingest, holding) = (self.door(&site), self.clone());
        Ok(Deposits { who: who.clone(), site, permit, ingest, holding, _slot: Arc::new(slot) })
    }

    /// The way in of a site, opened when it is first used.
    fn door(&self, site: &SiteId) -> Ingest {
        let mut doors = self.inner.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || {
            // nobody waits for the feed of a site that is held here: the index has it already
            let written = Arc::new(Notify::new());
            Ingest::new(Committer::start(self.inner.parts.clone(), site.clone(), written))
        };
        doors.entry(site.clone()).or_insert_with(open).clone()
    }
}

impl Deposits {
    /// Begins an instance, which has to be of this study when one is given.
    ///
    /// # Errors
    /// What the disk or the audit log says.
    pub async fn begin(&self, framing: Framing, study: Option<&StudyUid>) -> Result<Deposit, Error> {
        let room_bytes = Some(self.holding.inner.limits.max_instance_bytes);
        let terms = Terms { site: Some(self.site.clone()), study: study.cloned(), room_bytes };
        self.ingest.begin_on(&self.who, framing, terms).await
    }

    /// As [`Incoming::finish`], with what was stored. Other bytes of another site at its address are a conflict, too.
    ///
    /// # Errors
    /// As there.
    pub async fn finish(deposit: Deposit) -> Result<(Outcome, Instance), Error> {
        let index = Arc::clone(&deposit.parts().index);
        as_given(index.as_ref(), deposit.finish_described().await?).await
    }

    /// Room on the disk for values that come before it is known where they belong; gone when dropped.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn scratch(&self) -> Result<Scratch, Error> {
        Ok(Scratch::new(self.holding.inner.parts.blobs.stage(&self.permit).await?))
    }
}

impl Archive {
    /// The archive of a hub that holds images of sites without an adapter.
    #[must_use]
    pub fn with_holding(mut self, holding: Holding) -> Self {
        self.holding = Some(holding);
        self
    }

    /// Whether instances can be stored here by DICOMweb at all.
    pub fn is_holding(&self) -> bool {
        self.holding.is_some()
    }

    /// Lets somebody store instances at the site that is theirs.
    ///
    /// # Errors
    /// [`Error::Denied`] when there is no such site or it may not, [`Error::Busy`] when too many store already.
    pub async fn deposits(&self, who: &Principal) -> Result<Deposits, Error> {
        let holding = self.holding.as_ref().ok_or(Error::Unsupported("nothing is stored here"))?;
        holding.deposits(who).await
    }
}
