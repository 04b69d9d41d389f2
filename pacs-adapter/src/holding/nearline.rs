//! Bytes from the PACS that keeps them.

use super::{
    handover::Handover,
    pacs::{Pacs, scope_of},
};
use crate::{crawl::How, peers::Peer, requester::Requester, services::Service};
use access_control::{Object, Store, View, decide};
use archive::{Body, DataSets, Error, Remote};
use async_trait::async_trait;
use blob_store::BlobStore;
use bytes::Bytes;
use catalog::{CacheChange, Elsewhere, Scope, StudyIndex};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{Digest, Instance, Keeping, Principal, SeriesUid, SiteId, StudyUid};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Mutex, Notify, mpsc};
use tracing::warn;

/// Pieces of a file that wait for its reader.
const AHEAD: usize = 16;
/// The most instances of one scope.
const MAX_INSTANCES: usize = 10_000;
const WHO: Principal = Principal::Service("nearline");

/// What a PACS is fetched from with.
pub struct NearlineParts {
    /// Who asks; its title is where the PACS sends by C-MOVE.
    pub requester: Requester,
    /// The PACS.
    pub archive: Peer,
    /// How it is asked first.
    pub how: How,
    /// Associations at once.
    pub associations: usize,
    /// The site of the index.
    pub site: SiteId,
    /// What is known.
    pub index: Arc<dyn StudyIndex>,
    /// Where it is noted what the cache has.
    pub elsewhere: Arc<dyn Elsewhere>,
    /// Told whenever the feed grew.
    pub written: Arc<Notify>,
    /// Where instances go that come by C-GET.
    pub store: Arc<dyn Service>,
    /// Where they can be read then.
    pub cache: Arc<dyn BlobStore>,
}

/// A PACS as somewhere to fetch from. Cheap to clone.
#[derive(Clone)]
pub struct Nearline(Arc<Inner>);

struct Inner {
    pacs: Pacs,
    parts: NearlineParts,
    /// What is brought now: who wants the same waits for it.
    turns: std::sync::Mutex<HashMap<Scope, Arc<Mutex<()>>>>,
}

impl Nearline {
    /// Of this PACS.
    pub fn new(parts: NearlineParts) -> Self {
        let (requester, archive) = (parts.requester.clone(), parts.archive.clone());
        let pacs = Pacs::new(requester, archive, parts.how, parts.associations);
        Self(Arc::new(Inner { pacs, parts, turns: std::sync::Mutex::default() }))
    }
}

#[async_trait]
impl Remote for Nearline {
    /// The file as it was stored: our own file meta information, then the data set in the transfer syntax that it came in.
    async fn fetch_file(&self, _site: &SiteId, instance: &Instance) -> Result<Body, Error> {
        let (send, pieces) = mpsc::channel(AHEAD);
        let (this, instance) = (self.clone(), instance.clone());
        tokio::spawn(async move {
            if let Err(error) = this.0.hand_over(&instance, &send).await {
                warn!(archive = %this.0.pacs.archive.ae_title, %error, "the archive does not give an instance");
                let _ = send.send(Err(Error::Unavailable)).await;
            }
        });
        Ok(stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) }).boxed())
    }

    /// None: DIMSE has no headers without pixels. They are kept in compact form, or read from the files.
    async fn fetch_metadata(&self, _site: &SiteId, _study: &StudyUid, _series: &SeriesUid) -> Result<Body, Error> {
        Err(Error::Unavailable)
    }

    /// Brings what nobody has seen of a scope, and of one instance whatever the PACS has of it now.
    async fn describe(&self, _site: &SiteId, scope: &Scope) -> Result<Vec<Instance>, Error> {
        let turn = {
            let mut turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(scope.clone()).or_default())
        };
        let before = self.0.known(scope).await?;
        let _turn = turn.lock().await;
        let now = self.0.known(scope).await?;
        // who waited finds what was brought meanwhile
        let is_new = before != now;
        let is_missing = now.iter().any(|instance| instance.keeping == Keeping::Promised);
        if is_missing || (scope.instance.is_some() && !is_new) {
            let mut classes: Vec<String> =
                now.iter().filter_map(|one| Some(one.sop_class.as_ref()?.to_string())).collect();
            classes.sort_unstable();
            classes.dedup();
            if let Err(error) = self.0.pacs.bring(scope, &classes, self.0.parts.store.as_ref()).await {
                warn!(archive = %self.0.pacs.archive.ae_title, %error, "the archive cannot be asked");
                return Err(Error::Unavailable);
            }
        }
        self.0.known(scope).await
    }

    async fn landed(&self, digest: &Digest) {
        let Ok(permit) = decide::<Store>(&WHO, Object::Site(&self.0.parts.site)) else { return };
        let noted =
            self.0.parts.elsewhere.cache_changed(&permit, &self.0.parts.site, vec![*digest], CacheChange::Came).await;
        match noted {
            Ok(0) => {}
            Ok(_) => self.0.parts.written.notify_waiters(),
            // it is said to be nearline, and comes at once
            Err(error) => warn!(%error, "what came into the cache cannot be noted"),
        }
    }

    fn headers(&self, _body: Body) -> DataSets {
        stream::empty().boxed()
    }

    fn is_connected(&self, _site: &SiteId) -> bool {
        true
    }
}

impl Inner {
    async fn known(&self, scope: &Scope) -> Result<Vec<Instance>, Error> {
        let view = decide::<View>(&WHO, Object::Region)?;
        let listed = self.parts.index.instances(&view, scope, None, MAX_INSTANCES).await?;
        Ok(listed.into_iter().filter_map(|copies| Some(copies.0.into_iter().next()?.instance)).collect())
    }

    /// Hands over the file of an instance that was seen before.
    async fn hand_over(&self, instance: &Instance, send: &mpsc::Sender<Result<Bytes, Error>>) -> Result<(), Error> {
        if !self.pacs.moves() {
            let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
            let meta = part10::file_meta(class, instance.uid.as_str(), &instance.transfer_syntax);
            let (wanted, has_begun) = (instance.uid.to_string(), AtomicBool::new(false));
            let handover = Handover { send: send.clone(), wanted, meta: meta.into(), has_begun };
            let came = self.pacs.bring_again(instance, &handover).await;
            let came = came.inspect_err(|error| warn!(%error, "an association with the archive failed"));
            if came.map_err(|_| Error::Unavailable)? {
                return Ok(());
            }
            if handover.has_begun.load(Ordering::Relaxed) {
                return Err(Error::Unavailable);
            }
        }
        self.bring_and_read(instance, send).await
    }

    /// By C-MOVE it goes through the listener into the cache.
    async fn bring_and_read(
        &self,
        instance: &Instance,
        send: &mpsc::Sender<Result<Bytes, Error>>,
    ) -> Result<(), Error> {
        let classes: Vec<String> = instance.sop_class.iter().map(ToString::to_string).collect();
        let brought = self.pacs.bring(&scope_of(instance), &classes, self.parts.store.as_ref()).await;
        let brought = brought.inspect_err(|error| warn!(%error, "an association with the archive failed"));
        brought.map_err(|_| Error::Unavailable)?;
        let view = decide::<View>(&WHO, Object::Region)?;
        let blob = self.parts.cache.open(&view, &instance.digest).await?;
        let length = blob.size_bytes();
        let mut bytes = blob_store::stream(blob, 0..length);
        while let Some(piece) = bytes.try_next().await? {
            if send.send(Ok(piece)).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}
