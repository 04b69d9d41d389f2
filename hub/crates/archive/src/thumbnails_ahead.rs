//! Thumbnails that are likely to be asked for next: whoever looks at the small pictures of a series asks for one after the
//! other, and each would wait for the hospital. The next ones are asked for together.

use crate::{
    archive::Archive,
    drawn_there::{Asked, plain},
    error::Error,
    pictures::{PictureRequest, name},
    remote::Following,
    retrieve::first,
};
use access_control::{Permit, View};
use catalog::{InstanceCopies, Scope};
use imaging_domain::{Instance, InstanceUid, Keeping, SeriesUid};
use moka::future::Cache;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, watch};
use tracing::warn;

/// How many are asked for ahead of the one that is shown, and how many questions are open at the same time.
const AHEAD: usize = 32;
const AT_ONCE: usize = 8;
/// How many series are remembered.
const REMEMBERED_SERIES: u64 = 1024;

/// How far somebody is in a series.
#[derive(Clone)]
struct Place {
    /// The furthest instance that was shown.
    shown: InstanceUid,
    /// The last one whose thumbnail was asked for ahead.
    until: InstanceUid,
    /// How many of those were not shown yet.
    left: usize,
}

/// What was shown and what is on its way. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ThumbnailsAhead {
    places: Cache<SeriesUid, Place>,
    /// By name; each ends when its sender does.
    coming: Arc<Mutex<HashMap<String, watch::Receiver<()>>>>,
    pub(crate) slots: Arc<Semaphore>,
}

/// A thumbnail on its way, until this is dropped.
pub(crate) struct OnItsWay {
    pub(crate) name: String,
    all: ThumbnailsAhead,
    _here: watch::Sender<()>,
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.all.coming().remove(&self.name);
    }
}

impl ThumbnailsAhead {
    pub(crate) fn new() -> Self {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        Self { places: Cache::new(REMEMBERED_SERIES), coming: Arc::default(), slots }
    }

    fn coming(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<()>>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a thumbnail that is on its way.
    pub(crate) async fn waited(&self, name: &str) {
        let coming = self.coming().get(name).cloned();
        if let Some(mut coming) = coming {
            // it has ended when its sender is gone
            let _ = coming.changed().await;
        }
    }

    /// Begins one, unless it is on its way.
    pub(crate) fn begun(&self, name: String) -> Option<OnItsWay> {
        let mut coming = self.coming();
        if coming.contains_key(&name) {
            return None;
        }
        let (here, waiting) = watch::channel(());
        coming.insert(name.clone(), waiting);
        Some(OnItsWay { name, all: self.clone(), _here: here })
    }

    /// Told of an instance that is shown; says after which one the next are to be asked for, when it is time to. One alone may be
    /// all that somebody wants, and whoever goes back has seen them.
    async fn goes_on(&self, instance: &Instance) -> Option<InstanceUid> {
        let shown = instance.uid.clone();
        let Some(place) = self.places.get(&instance.series).await else {
            let place = Place { until: shown.clone(), shown, left: 0 };
            self.places.insert(instance.series.clone(), place).await;
            return None;
        };
        if shown <= place.shown {
            return None;
        }
        let (until, left) =
            if shown > place.until { (shown.clone(), 0) } else { (place.until, place.left.saturating_sub(1)) };
        let is_time = left <= AHEAD / 2;
        let left = if is_time { left + AHEAD } else { left };
        self.places.insert(instance.series.clone(), Place { shown, until: until.clone(), left }).await;
        is_time.then_some(until)
    }

    async fn reached(&self, series: &SeriesUid, until: InstanceUid) {
        if let Some(place) = self.places.get(series).await {
            self.places.insert(series.clone(), Place { until, ..place }).await;
        }
    }
}

impl Archive {
    /// Told of a thumbnail that is asked for by itself. From the second of a series on, the next ones are asked for, of whoever
    /// has the files; nobody waits for that.
    pub(crate) fn look_ahead(&self, permit: &Permit<View>, copies: &InstanceCopies, request: &PictureRequest) {
        if self.parts.remote.is_none() || request.scope.instance.is_none() || plain(request).is_none() {
            return;
        }
        let (this, permit, instance, request) = (self.clone(), permit.clone(), first(copies).clone(), request.clone());
        tokio::spawn(async move {
            if let Err(error) = this.next_thumbnails(&permit, &instance, &request).await {
                warn!(%error, "thumbnails to be asked for ahead cannot be found");
            }
        });
    }

    async fn next_thumbnails(
        &self,
        permit: &Permit<View>,
        instance: &Instance,
        request: &PictureRequest,
    ) -> Result<(), Error> {
        let Some(until) = self.thumbnails_ahead.goes_on(instance).await else { return Ok(()) };
        let series = Scope { instance: None, series: Some(instance.series.clone()), study: instance.study.clone() };
        let after = (instance.series.clone(), until.clone());
        let next = self.parts.index.instances(permit, &series, Some(&after), AHEAD).await?;
        let Some(last) = next.last() else { return Ok(()) };
        self.thumbnails_ahead.reached(&instance.series, first(last).uid.clone()).await;
        let following =
            Following { study: series.study, series: instance.series.clone(), after: until, count: AHEAD };
        if let Some(asked) = self.begin_thumbnails(permit, &next, request, following).await {
            tokio::spawn(self.clone().keep_drawn(asked));
        }
        Ok(())
    }

    /// Marks those that one connected site has, and neither their files nor their thumbnails are here, as on their way.
    async fn begin_thumbnails(
        &self,
        permit: &Permit<View>,
        next: &[InstanceCopies],
        request: &PictureRequest,
        following: Following,
    ) -> Option<Asked> {
        let remote = self.parts.remote.as_ref()?;
        let (size, format) = plain(request)?;
        let site = next.iter().flat_map(|copies| &copies.0).map(|copy| &copy.site);
        let site = site.into_iter().find(|site| remote.is_connected(site))?.clone();
        let mut coming = HashMap::new();
        for copies in next.iter().filter(|copies| copies.0.iter().any(|copy| copy.site == site)) {
            let Instance { uid, digest, frames, keeping, .. } = first(copies);
            if *frames == 0 || *keeping == Keeping::Promised {
                continue;
            }
            let name = name(copies, &PictureRequest::of_instance(copies, request.settings.clone()));
            let Some(on_its_way) = self.thumbnails_ahead.begun(name) else { continue };
            let is_kept = self.parts.derived.get(permit, &on_its_way.name).await.is_some();
            if !is_kept && !self.parts.blobs.has(permit, digest).await {
                coming.insert(uid.clone(), (*digest, on_its_way));
            }
        }
        (!coming.is_empty()).then_some(Asked { site, following, size, format, coming })
    }
}
