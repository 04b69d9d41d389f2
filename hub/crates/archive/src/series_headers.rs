//! Where headers come from when they are not kept ready: from a site that holds the series, else from the files.

use crate::{
    archive::Archive,
    error::Error,
    remote::{DataSets, Remote},
    retrieve::{Metadata, first},
    spool::spooled,
};
use access_control::{Object, Permit, Store, View, decide};
use catalog::{InstanceCopies, Scope};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use imaging_domain::{DataSet, Instance, InstanceUid, Principal, SeriesUid, SiteId, tags};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::OwnedSemaphorePermit;

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
    /// The instances of a scope, page by page, seen by somebody at least.
    pub(crate) fn instances(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
    ) -> BoxStream<'static, Result<InstanceCopies, Error>> {
        let (this, permit, scope) = (self.clone(), permit.clone(), scope.clone());
        let pages = stream::try_unfold(Some(None), move |after: Option<Option<(SeriesUid, InstanceUid)>>| {
            let (this, permit, scope) = (this.clone(), permit.clone(), scope.clone());
            async move {
                let Some(after) = after else { return Ok::<_, Error>(None) };
                let page = this.parts.index.instances(&permit, &scope, after.as_ref(), PAGE).await?;
                let last = page.last().filter(|_| page.len() == PAGE).map(first);
                let next = last.map(|last| Some((last.series.clone(), last.uid.clone())));
                let page = this.seen(&permit, page).await;
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

/// What sites give of a series.
struct Given {
    series: SeriesUid,
    by_site: HashMap<SiteId, Answer>,
    /// The turn at the site that was asked last. One at a time, so that no two series wait for each other's.
    turn: Option<Turn>,
}

type Turn = (SiteId, OwnedSemaphorePermit);

/// A site's answer, in the order of instance UID, and the first header of it that nobody has taken yet.
struct Answer {
    headers: DataSets,
    next: Option<(InstanceUid, DataSet)>,
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
        let mut given = match self.at.take() {
            Some(given) if given.series == instance.series => given,
            _ => Given { series: instance.series.clone(), by_site: HashMap::new(), turn: None },
        };
        let alike = copies.0.iter().filter(|copy| copy.instance.digest == instance.digest);
        let sites = alike.map(|copy| &copy.site).filter(|site| self.remote.is_connected(site));
        let mut found = None;
        for site in sites.collect::<Vec<_>>() {
            if !given.by_site.contains_key(site) {
                let answer = self.ask(instance, site, &mut given.turn).await;
                given.by_site.insert(site.clone(), answer);
            }
            let Some(answer) = given.by_site.get_mut(site) else { continue };
            found = answer.take(&instance.uid).await;
            if answer.next.is_none() {
                given.turn.take_if(|(at, _)| at == site);
            }
            if found.is_some() {
                break;
            }
        }
        self.at = Some(given);
        found
    }

    async fn ask(&mut self, instance: &Instance, site: &SiteId, turn: &mut Option<Turn>) -> Answer {
        if self.missing == Missing::GiveUp {
            *turn = None;
            *turn = self.archive.turns.at(site).await.map(|permit| (site.clone(), permit));
        }
        let headers = self.answer(instance, site).await.unwrap_or_else(|_| stream::empty().boxed());
        let mut answer = Answer { headers, next: None };
        answer.advance().await;
        answer
    }

    async fn answer(&mut self, instance: &Instance, site: &SiteId) -> Result<DataSets, Error> {
        let body = self.remote.fetch_metadata(site, &instance.study, &instance.series).await?;
        let body = match self.missing {
            Missing::GiveUp => body,
            Missing::Fetch => {
                let permit = decide::<Store>(&Principal::Service("fetch"), Object::Region)?;
                spooled(self.archive.parts.blobs.stage(&permit).await?, body)
            }
        };
        Ok(self.remote.headers(body))
    }
}

impl Answer {
    /// The header of an instance, when the answer has it; those before it are passed over.
    async fn take(&mut self, uid: &InstanceUid) -> Option<DataSet> {
        while self.next.as_ref().is_some_and(|(next, _)| next < uid) {
            self.advance().await;
        }
        let (_, header) = self.next.take_if(|(next, _)| next == uid)?;
        self.advance().await;
        Some(header)
    }

    /// Reads on; a header without a UID is nobody's. What breaks off has no more.
    async fn advance(&mut self) {
        self.next = None;
        while let Ok(Some(header)) = self.headers.try_next().await {
            let uid = header.text(tags::SOP_INSTANCE_UID).and_then(|uid| InstanceUid::parse(uid).ok());
            if let Some(uid) = uid {
                self.next = Some((uid, header));
                return;
            }
        }
    }
}
