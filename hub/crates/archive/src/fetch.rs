//! Bytes that are not here yet: fetched once however many ask, tailed while they come, checked at the end, kept.

use crate::{archive::Parts, error::Error, remote::Remote};
use access_control::{Object, Permit, Store, View, decide};
use blob_store::{Blob, Follower, StagedBlob};
use bytes::Buf;
use catalog::InstanceCopies;
use futures_util::TryStreamExt;
use imaging_domain::{Digest, InstanceCopy, Principal};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Semaphore, watch};
use tracing::warn;

/// How many files are fetched from the region's hospitals at the same time.
const MAX_FETCHES: usize = 64;

/// Where the bytes of an instance can be read.
pub(crate) enum Source {
    /// Here, whole.
    Here(Arc<dyn Blob>),
    /// On their way.
    Coming(Follower),
}

#[derive(Clone)]
enum Flight {
    Starting,
    Coming(Follower),
    Landed,
    Lost,
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
            match self.parts.blobs.open(permit, &digest).await {
                Ok(blob) => return Ok(Source::Here(blob)),
                Err(blob_store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
            let mut flight = self.flight(copies);
            let state = flight.wait_for(|state| !matches!(state, Flight::Starting)).await;
            match state.map(|state| state.clone()) {
                Ok(Flight::Coming(follower)) => return Ok(Source::Coming(follower)),
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
            match self.parts.blobs.open(permit, &digest).await {
                Ok(blob) => return Ok(blob),
                Err(blob_store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
            let mut flight = self.flight(copies);
            let ended = flight.wait_for(|state| matches!(state, Flight::Landed | Flight::Lost)).await;
            if ended.is_ok_and(|state| matches!(*state, Flight::Landed)) {
                return Ok(self.parts.blobs.open(permit, &digest).await?);
            }
        }
        Err(Error::Unavailable)
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

    async fn attempt(
        &self,
        remote: &dyn Remote,
        copies: &[InstanceCopy],
        state: &watch::Sender<Flight>,
    ) -> Result<(), Error> {
        let permit = decide::<Store>(&Principal::Service("fetch"), Object::Region)?;
        let mut blob = self.parts.blobs.stage(&permit).await?;
        let mut written = 0;
        let (up, down): (Vec<_>, Vec<_>) = copies.iter().partition(|copy| remote.is_connected(&copy.site));
        for copy in up.into_iter().chain(down) {
            if written == copy.instance.size_bytes {
                break;
            }
            // a second site gives the same bytes: what came from the first is passed over
            if let Err(error) = copy_into(remote, copy, blob.as_mut(), &mut written, state).await {
                warn!(site = %copy.site, %error, "hospital broke off or does not answer");
            }
        }
        let expected = &copies[0].instance;
        if written != expected.size_bytes {
            return Err(Error::Unavailable);
        }
        let sealed = blob.seal().await?;
        if sealed.digest != expected.digest {
            return Err(blob_store::Error::Corrupt.into());
        }
        Ok(self.parts.blobs.publish(vec![sealed]).await?)
    }
}

async fn copy_into(
    remote: &dyn Remote,
    copy: &InstanceCopy,
    blob: &mut dyn StagedBlob,
    written: &mut u64,
    state: &watch::Sender<Flight>,
) -> Result<(), Error> {
    let mut body = remote.fetch_file(&copy.site, &copy.instance).await?;
    let mut skip = *written;
    while let Some(mut piece) = body.try_next().await? {
        let skipped = skip.min(piece.len() as u64);
        skip -= skipped;
        piece.advance(skipped as usize);
        if piece.is_empty() {
            continue;
        }
        if *written + piece.len() as u64 > copy.instance.size_bytes {
            return Err(blob_store::Error::Corrupt.into());
        }
        *written += piece.len() as u64;
        blob.write(piece).await?;
        if matches!(*state.borrow(), Flight::Starting) {
            state.send_replace(Flight::Coming(blob.follow()));
        }
    }
    if *written == copy.instance.size_bytes { Ok(()) } else { Err(Error::Unavailable) }
}

/// Copies that are the same bytes, together, in the order of their first.
fn by_digest(copies: &InstanceCopies) -> Vec<Vec<InstanceCopy>> {
    let mut groups: Vec<Vec<InstanceCopy>> = vec![];
    for copy in &copies.0 {
        match groups.iter_mut().find(|group| group[0].instance.digest == copy.instance.digest) {
            Some(group) => group.push(copy.clone()),
            None => groups.push(vec![copy.clone()]),
        }
    }
    groups
}
