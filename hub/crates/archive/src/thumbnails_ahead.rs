//! Thumbnails that are likely to be asked for next: whoever looks at the small pictures of a series asks for one after the
//! other, and each would wait for the hospital. The next ones are asked for together.

use crate::{
    archive::Archive,
    drawn_there::{Asked, plain},
    error::Error,
    pictures::{PictureRequest, name},
    remote::Several,
    retrieve::first,
    sequences::Missed,
};
use access_control::{Permit, View};
use catalog::InstanceCopies;
use imaging_domain::{Instance, InstanceUid, Keeping};
use moka::future::Cache;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};
use tracing::warn;

/// How many are asked for together, which of them has the next ones asked for when it is shown, and how many questions are open
/// at the same time.
const AHEAD: usize = 32;
const TURN: usize = 8;
const AT_ONCE: usize = 8;
/// How many instances are remembered that have others asked for.
const REMEMBERED_TURNS: u64 = 1024;
/// How long one that is on its way is waited for before it is asked for by itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether a thumbnail was here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Here,
    Missing,
}

/// What was shown and what is on its way. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ThumbnailsAhead {
    missed: Missed,
    /// Instances that have others asked for when they are shown: those that follow the second.
    turns: Cache<InstanceUid, InstanceUid>,
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
        let turns = Cache::new(REMEMBERED_TURNS);
        Self { missed: Missed::new(), turns, coming: Arc::default(), slots }
    }

    fn coming(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<()>>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a thumbnail that is on its way.
    pub(crate) async fn waited(&self, name: &str) {
        let coming = self.coming().get(name).cloned();
        if let Some(mut coming) = coming {
            // it has ended when its sender is gone
            let _ = timeout(PATIENCE, coming.changed()).await;
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

    /// Told of an instance that is shown; says after which one the next are to be asked for, when it is time to.
    async fn goes_on(&self, instance: &Instance, found: Found) -> Option<InstanceUid> {
        if found == Found::Here {
            return self.turns.remove(&instance.uid).await;
        }
        self.missed.goes_on(instance).await.then(|| instance.uid.clone())
    }
}

impl Archive {
    /// Told of a thumbnail that is asked for by itself. From the second of a series on that is not here, the next ones are asked
    /// for, of whoever has the files; nobody waits for that.
    pub(crate) fn look_ahead(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        request: &PictureRequest,
        found: Found,
    ) {
        if self.parts.remote.is_none() || request.scope.instance.is_none() || plain(request).is_none() {
            return;
        }
        let (this, permit, instance, request) = (self.clone(), permit.clone(), first(copies).clone(), request.clone());
        tokio::spawn(async move {
            let Some(after) = this.thumbnails_ahead.goes_on(&instance, found).await else { return };
            if let Err(error) = this.next_thumbnails(&permit, &instance, after, &request).await {
                warn!(%error, "thumbnails to be asked for ahead cannot be found");
            }
        });
    }

    async fn next_thumbnails(
        &self,
        permit: &Permit<View>,
        instance: &Instance,
        after: InstanceUid,
        request: &PictureRequest,
    ) -> Result<(), Error> {
        let next = self.following(permit, instance, &after, AHEAD).await?;
        if let (Some(turn), Some(last)) = (next.get(TURN), next.last()) {
            self.thumbnails_ahead.turns.insert(turn.clone(), last.clone()).await;
        }
        let next = self.parts.index.named_instances(permit, (&instance.study, &instance.series), &next).await?;
        if let Some(asked) = self.begin_thumbnails(permit, &next, request).await {
            self.clone().keep_drawn(asked).await;
        }
        Ok(())
    }

    /// Marks those that one connected site has, and neither their files nor their thumbnails are here, as on their way.
    async fn begin_thumbnails(
        &self,
        permit: &Permit<View>,
        next: &[InstanceCopies],
        request: &PictureRequest,
    ) -> Option<Asked> {
        let remote = self.parts.remote.as_ref()?;
        let (size, format) = plain(request)?;
        let mut sites = next.iter().flat_map(|copies| &copies.0).map(|copy| &copy.site);
        let site = sites.find(|site| remote.is_connected(site))?.clone();
        let (mut coming, mut instances) = (HashMap::new(), vec![]);
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
                instances.push(uid.clone());
            }
        }
        let Instance { study, series, .. } = first(next.first()?).clone();
        let several = Several { study, series, instances };
        (!coming.is_empty()).then_some(Asked { site, several, size, format, coming })
    }
}
