//! Made ready ahead of requests: the compact form of a series' headers and its thumbnail, when nothing more of the
//! series came for a while.
//!
//! Which series wait is in the index, so nothing is forgotten by a restart and nothing is remembered here. It is work
//! that nobody waits for: few series at a time, one question at a time to each site, and what fails is tried later.

use crate::{
    archive::Archive, config::AheadConfig, error::Error, give_way::GiveWay, keeping::keeping, pictures::PictureRequest,
    retrieve::first, series_headers::Missing,
};
use access_control::{Object, Permit, Store, View, decide};
use catalog::{InstanceCopies, Postponed, Scope, SeriesVersion};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{ErrorKind, Principal, SeriesUid, SiteId, StudyUid};
use rendering::Settings;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::sleep,
};
use tracing::debug;

/// How many series one round looks at.
const ROUND: usize = 64;
/// After how long a series is tried again that could not be made ready.
const RETRY_MS: i64 = 60_000;

/// How long the making of every image's thumbnail rests after each, so that it takes no more than a part of one core.
const REST: Duration = Duration::from_millis(5);

/// Which thumbnails are made ready with a series' headers.
#[derive(Debug, Clone, Copy)]
pub enum Thumbnails<'a> {
    /// None.
    None,
    /// The one that stands for the series.
    OfSeries(&'a Settings),
    /// That of each instance, for where the files lie, while nothing arrives.
    OfInstances(&'a Settings),
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Series that are ready now.
    pub ready: usize,
    /// Series that could not be made ready, and are tried later.
    pub postponed: usize,
    /// Whether more may wait.
    pub more: bool,
}

/// One question at a time to each site. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Turns {
    sites: Arc<Mutex<HashMap<SiteId, Arc<Semaphore>>>>,
}

impl Turns {
    /// Waits for the turn to ask a site; it lasts as long as what is returned.
    pub(crate) async fn at(&self, site: &SiteId) -> Option<OwnedSemaphorePermit> {
        let turn = {
            let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(sites.entry(site.clone()).or_insert_with(|| Arc::new(Semaphore::new(1))))
        };
        // nobody closes it
        turn.acquire_owned().await.ok()
    }
}

impl Archive {
    /// Makes the series ready that have been quiet longest, as many as one round takes: their headers, and the
    /// thumbnails that `thumbnails` says. It gives way to what arrives, which notifies `arrivals`. It gives nothing to
    /// anybody, so it leaves no event in the audit log.
    ///
    /// # Errors
    /// What the index says; a series that cannot be made ready is none.
    pub async fn make_ready(
        &self,
        config: &AheadConfig,
        thumbnails: Thumbnails<'_>,
        arrivals: &Notify,
    ) -> Result<Round, Error> {
        let give_way = GiveWay::to(arrivals);
        let service = Principal::Service("ready");
        let view = decide::<View>(&service, Object::Region)?;
        let now_ms = (self.parts.clock)();
        let until_ms = now_ms - quiet_ms(config);
        let quiet = self.parts.readiness.quiet(&view, until_ms, ROUND).await?;
        let more = quiet.len() == ROUND;
        // it counts as changed then, so it is looked at when it was quiet again
        let again_ms = until_ms + RETRY_MS;
        let made = stream::iter(quiet).map(async |(study, series)| {
            give_way.short_pause().await;
            self.settled(&view, study, series, thumbnails, again_ms).await
        });
        let made = made.buffer_unordered(config.series_at_once.max(1));
        let made: Vec<Result<Option<SeriesVersion>, Postponed>> = made.collect().await;
        let (mut ready, mut postponed) = (vec![], vec![]);
        for series in made {
            match series {
                Ok(series) => ready.extend(series),
                Err(later) => postponed.push(later),
            }
        }
        if let Thumbnails::OfInstances(settings) = thumbnails {
            for series in &ready {
                self.thumbnails_ready(&view, &series.scope(), (settings, &give_way)).await?;
            }
        }
        let round = Round { ready: ready.len(), postponed: postponed.len(), more };
        let store = decide::<Store>(&service, Object::Region)?;
        self.parts.readiness.settle(&store, ready, postponed).await?;
        Ok(round)
    }

    /// One series: as it is now ready, nothing when it is gone, or when it is to be tried again.
    async fn settled(
        &self,
        permit: &Permit<View>,
        study: StudyUid,
        series: SeriesUid,
        thumbnails: Thumbnails<'_>,
        until_ms: i64,
    ) -> Result<Option<SeriesVersion>, Postponed> {
        let scope = Scope { study: study.clone(), series: Some(series.clone()), instance: None };
        self.made_ready(permit, &scope, thumbnails).await.map_err(|error| {
            debug!(%error, "series could not be made ready");
            Postponed { study, series, until_ms }
        })
    }

    async fn made_ready(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
        thumbnails: Thumbnails<'_>,
    ) -> Result<Option<SeriesVersion>, Error> {
        let Some(series) = self.parts.readiness.versions(permit, scope).await?.pop() else { return Ok(None) };
        if self.compact(permit, &series.version).await.is_none() {
            let headers = self.headers_of(permit, scope, Missing::GiveUp);
            keeping(headers, Some(self.clone())).try_for_each(async |_| Ok(())).await?;
        }
        match thumbnails {
            Thumbnails::None | Thumbnails::OfInstances(..) => {}
            Thumbnails::OfSeries(settings) => {
                let copies = self.standing_for(permit, scope).await?;
                self.thumbnail_ready(permit, &copies, settings).await?;
            }
        }
        Ok(Some(series))
    }

    /// One after the other. One that cannot be made is made for whoever asks for it.
    async fn thumbnails_ready(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
        (settings, give_way): (&Settings, &GiveWay<'_>),
    ) -> Result<(), Error> {
        let mut instances = self.instances(permit, scope);
        while let Some(copies) = instances.try_next().await? {
            if let Err(error) = self.thumbnail_ready(permit, &copies, settings).await {
                debug!(%error, "thumbnail could not be made ready");
            }
            sleep(REST).await;
            give_way.pause().await;
        }
        Ok(())
    }

    /// What is no picture is none later either, and is no error.
    async fn thumbnail_ready(
        &self,
        permit: &Permit<View>,
        copies: &InstanceCopies,
        settings: &Settings,
    ) -> Result<(), Error> {
        if first(copies).frames == 0 {
            return Ok(());
        }
        let request = PictureRequest::of_instance(copies, settings.clone());
        match self.kept_thumbnail(permit, copies, &request).await {
            Err(error) if error.kind() == ErrorKind::Unavailable => Err(error),
            _ => Ok(()),
        }
    }
}

fn quiet_ms(config: &AheadConfig) -> i64 {
    i64::from(config.quiet_s) * 1000
}
