//! Where headers come from when they are not kept ready: from a site that holds the series, else from the files.

use crate::{
    archive::Archive,
    error::Error,
    remote::Remote,
    retrieve::{Metadata, first},
};
use access_control::{Permit, View};
use catalog::{InstanceCopies, Scope};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use imaging_domain::{DataSet, Instance, InstanceUid, SeriesUid, SiteId, tags};
use std::{collections::HashMap, sync::Arc};

/// How many instances are listed at once.
const PAGE: usize = 500;
/// How many headers are read from files at the same time.
const HEADERS_AT_ONCE: usize = 8;

/// What to do for an instance whose header no site gives and whose file is not here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Fetch the file: somebody waits.
    Fetch,
    /// Give it up: nobody waits.
    GiveUp,
}

impl Archive {
    /// The instances of a scope, page by page.
    pub(crate) fn instances(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
    ) -> BoxStream<'static, Result<InstanceCopies, Error>> {
        let (parts, permit, scope) = (Arc::clone(&self.parts), permit.clone(), scope.clone());
        let pages = stream::try_unfold(Some(None), move |after: Option<Option<(SeriesUid, InstanceUid)>>| {
            let (parts, permit, scope) = (Arc::clone(&parts), permit.clone(), scope.clone());
            async move {
                let Some(after) = after else { return Ok::<_, Error>(None) };
                let page = parts.index.instances(&permit, &scope, after.as_ref(), PAGE).await?;
                let last = page.last().filter(|_| page.len() == PAGE).map(first);
                let next = last.map(|last| Some((last.series.clone(), last.uid.clone())));
                Ok(Some((stream::iter(page).map(Ok), next)))
            }
        });
        pages.try_flatten().boxed()
    }

    /// The headers of a scope by series and instance UID. At the hub those of a series come from a holding site without
    /// its pixels.
    pub(crate) fn headers_of(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
        missing: Missing,
    ) -> BoxStream<'static, Result<Metadata, Error>> {
        let (this, permit, listed) = (self.clone(), permit.clone(), self.instances(permit, scope));
        let Some(remote) = self.parts.remote.clone().filter(|_| scope.instance.is_none()) else {
            let read = move |copies| {
                let (this, permit) = (this.clone(), permit.clone());
                async move { this.header(&permit, &copies?).await }
            };
            return listed.map(read).buffered(HEADERS_AT_ONCE).boxed();
        };
        let series = SeriesHeaders { archive: this, permit, remote, missing, at: None };
        let each = stream::try_unfold((listed, series), async |(mut listed, mut series)| {
            let Some(copies) = listed.try_next().await? else { return Ok(None) };
            let metadata = series.of(&copies).await?;
            Ok(Some((metadata, (listed, series))))
        });
        each.boxed()
    }
}

/// The headers of one series at a time, as holding sites give them.
struct SeriesHeaders {
    archive: Archive,
    permit: Permit<View>,
    remote: Arc<dyn Remote>,
    missing: Missing,
    at: Option<Given>,
}

/// What sites gave of a series so far.
struct Given {
    series: SeriesUid,
    by_site: HashMap<SiteId, HashMap<InstanceUid, DataSet>>,
}

impl SeriesHeaders {
    async fn of(&mut self, copies: &InstanceCopies) -> Result<Metadata, Error> {
        let instance = first(copies).clone();
        if let Some(attributes) = self.given(&instance, copies).await {
            return Ok(Metadata { instance, attributes });
        }
        // no site answers, or the series is elsewhere: the file may be in the cache
        if self.missing == Missing::GiveUp {
            self.archive.parts.blobs.open(&self.permit, &instance.digest).await.map_err(|_| Error::Unavailable)?;
        }
        self.archive.header(&self.permit, copies).await
    }

    /// The header as a site gives it that holds the same bytes as the first stored copy.
    async fn given(&mut self, instance: &Instance, copies: &InstanceCopies) -> Option<DataSet> {
        if self.at.as_ref().is_none_or(|given| given.series != instance.series) {
            self.at = Some(Given { series: instance.series.clone(), by_site: HashMap::new() });
        }
        let alike = copies.0.iter().filter(|copy| copy.instance.digest == instance.digest);
        for site in alike.map(|copy| &copy.site).filter(|site| self.remote.is_connected(site)) {
            let asked = self.at.as_ref().is_some_and(|given| given.by_site.contains_key(site));
            if !asked {
                let headers = self.ask(instance, site).await;
                self.at.as_mut()?.by_site.insert(site.clone(), headers);
            }
            if let Some(header) = self.at.as_mut()?.by_site.get_mut(site)?.remove(&instance.uid) {
                return Some(header);
            }
        }
        None
    }

    async fn ask(&self, instance: &Instance, site: &SiteId) -> HashMap<InstanceUid, DataSet> {
        let _turn = match self.missing {
            Missing::GiveUp => Some(self.archive.turns.at(site).await),
            Missing::Fetch => None,
        };
        let headers = self.remote.fetch_metadata(site, &instance.study, &instance.series).await.unwrap_or_default();
        let uid = |header: &DataSet| InstanceUid::parse(header.text(tags::SOP_INSTANCE_UID)?).ok();
        headers.into_iter().filter_map(|header| Some((uid(&header)?, header))).collect()
    }
}
