//! Bytes that are not here yet: fetched once however many ask, tailed while they come, checked at the end, kept.

use crate::{
    archive::Parts,
    error::Error,
    landing::{Coming, Flight, Landing, by_digest},
    promised::look_again,
    remote::Remote,
};
use access_control::{Object, Permit, Store, View, decide};
use blob_store::Blob;
use catalog::InstanceCopies;
use imaging_domain::{Digest, InstanceCopy, Principal, SiteId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Semaphore, watch};
use tracing::warn;

/// How many files are fetched from the region's hospitals at the same time.
const MAX_FETCHES: usize = 128;
/// How many of these places are left to whoever waits for a file when others are fetched ahead.
const FOR_WAITING: usize = 64;

/// Where the bytes of an instance can be read.
pub(crate) enum Source {
    /// Here, whole.
    Here(Arc<dyn Blob>),
    /// On their way.
    Coming(Coming),
}

/// The fetches under way, by digest. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Fetches {
    parts: Arc<Parts>,
    flights: Arc<Mutex<HashMap<Digest, watch::Receiver<Flight>>>>,
    slots: Arc<Semaphore>,
}

impl Fetches {
    pub(crate) fn new(parts: Arc<Parts>) -> Self {
        Self { parts, flights: Arc::default(), slots: Arc::new(Semaphore::new(MAX_FETCHES)) }
    }

    /// The bytes of an instance as soon as there are any.
    pub(crate) async fn source(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Source, Error> {
        for copies in by_digest(copies) {
            let digest = copies[0].instance.digest;
            if let Some(blob) = self.here(permit, &digest).await? {
                return Ok(Source::Here(blob));
            }
            let mut flight = self.flight(copies);
            let state = flight.wait_for(|state| !matches!(state, Flight::Starting)).await;
            match state.map(|state| state.clone()) {
                Ok(Flight::Coming(coming)) => return Ok(Source::Coming(coming)),
                Ok(Flight::Landed) => return Ok(Source::Here(self.parts.blobs.open(permit, &digest).await?)),
                _ => {}
            }
        }
        Err(Error::Unavailable)
    }

    /// The bytes of an instance, all of them here.
    pub(crate) async fn whole(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Arc<dyn Blob>, Error> {
        for copies in by_digest(copies) {
            let digest = copies[0].instance.digest;
            if let Some(blob) = self.here(permit, &digest).await? {
                return Ok(blob);
            }
            let mut flight = self.flight(copies);
            let ended = flight.wait_for(|state| matches!(state, Flight::Landed | Flight::Lost)).await;
            if ended.is_ok_and(|state| matches!(*state, Flight::Landed)) {
                return Ok(self.parts.blobs.open(permit, &digest).await?);
            }
        }
        Err(Error::Unavailable)
    }

    /// Begins to fetch an instance that nobody waits for; says whether it did. Not when it is on its way or there is no room.
    pub(crate) fn begin(&self, copies: &InstanceCopies) -> bool {
        let Some(copies) = by_digest(copies).into_iter().next() else { return false };
        let is_coming =
            self.flights.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&copies[0].instance.digest);
        let begins = !is_coming && self.slots.available_permits() > FOR_WAITING;
        begins.then(|| self.flight(copies)).is_some()
    }

    /// The bytes when they are here. Spoilt ones of a cache go, because a hospital has the right ones; at a hospital they
    /// stay for whoever tries to save them.
    async fn here(&self, permit: &Permit<View>, digest: &Digest) -> Result<Option<Arc<dyn Blob>>, Error> {
        match self.parts.blobs.open(permit, digest).await {
            Ok(blob) => Ok(Some(blob)),
            Err(blob_store::Error::NotFound) => Ok(None),
            Err(blob_store::Error::Corrupt) if self.parts.remote.is_some() => {
                let permit = decide::<Store>(&Principal::Service("fetch"), Object::Region)?;
                self.parts.blobs.remove(&permit, digest).await?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The flight of a digest, begun now when there is none.
    fn flight(&self, copies: Vec<InstanceCopy>) -> watch::Receiver<Flight> {
        let digest = copies[0].instance.digest;
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&digest) {
            return flight.clone();
        }
        let (state, flight) = watch::channel(Flight::Starting);
        flights.insert(digest, flight.clone());
        let this = self.clone();
        tokio::spawn(async move {
            let landed = this.fetch(&copies, &state).await;
            let result = if landed { Flight::Landed } else { Flight::Lost };
            this.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&digest);
            state.send_replace(result);
        });
        flight
    }

    /// Fetches from one holding site after the other until the file is whole and has its digest.
    async fn fetch(&self, copies: &[InstanceCopy], state: &watch::Sender<Flight>) -> bool {
        let Some(remote) = &self.parts.remote else { return false };
        let Ok(_slot) = self.slots.acquire().await else { return false };
        match self.attempt(remote.as_ref(), copies, state).await {
            Ok(()) => true,
            Err(error) => {
                let digest = &copies[0].instance.digest;
                warn!(%digest, %error, cause = ?std::error::Error::source(&error), "instance could not be fetched");
                false
            }
        }
    }

    /// Sites that can be asked first; whoever gave wrong bytes is left out of the next try.
    async fn attempt(
        &self,
        remote: &dyn Remote,
        copies: &[InstanceCopy],
        state: &watch::Sender<Flight>,
    ) -> Result<(), Error> {
        let view = decide::<View>(&Principal::Service("fetch"), Object::Region)?;
        // an earlier flight may have landed between the look into the store and the beginning of this one
        if self.parts.blobs.open(&view, &copies[0].instance.digest).await.is_ok() {
            return Ok(());
        }
        let (mut copies, down): (Vec<_>, Vec<_>) = copies.iter().partition(|copy| remote.is_connected(&copy.site));
        copies.extend(down);
        loop {
            state.send_replace(Flight::Starting);
            let mut givers = vec![];
            match self.assemble(remote, &copies, &mut givers, state).await {
                Err(Error::Blob(blob_store::Error::Corrupt)) if !givers.is_empty() => {
                    warn!(site = %givers[0], "hospital gave other bytes than those it stored");
                    look_again(remote, &givers[0], &copies[0].instance).await;
                    // of several that gave a part nobody knows which was wrong: the first goes
                    copies.retain(|copy| copy.site != givers[0]);
                }
                ended => return ended,
            }
        }
    }

    /// One try: a file of what the sites give, one after the other. `givers` are those it has bytes of.
    async fn assemble(
        &self,
        remote: &dyn Remote,
        copies: &[&InstanceCopy],
        givers: &mut Vec<SiteId>,
        state: &watch::Sender<Flight>,
    ) -> Result<(), Error> {
        let expected = &copies.first().ok_or(Error::Unavailable)?.instance;
        let permit = decide::<Store>(&Principal::Service("fetch"), Object::Region)?;
        let mut landing = Landing::new(self.parts.blobs.stage(&permit).await?);
        for copy in copies {
            if landing.written == expected.size_bytes {
                break;
            }
            let before = landing.written;
            // a second site gives the same bytes: what came from the first is passed over
            if let Err(error) = landing.copy_from(remote, copy, state).await {
                warn!(site = %copy.site, %error, "hospital broke off or does not answer");
            }
            if landing.written > before {
                givers.push(copy.site.clone());
            }
        }
        if landing.written != expected.size_bytes {
            return Err(Error::Unavailable);
        }
        landing.publish(self.parts.blobs.as_ref(), &expected.digest).await?;
        remote.landed(&expected.digest).await;
        Ok(())
    }
}
