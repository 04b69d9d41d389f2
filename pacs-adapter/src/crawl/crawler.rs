//! When passes begin, and what is told of them.

use super::{
    config::Config, lately::Lately, line::Line, pace::Pace, passing::Pass, told::Told, windows::first_windows,
};
use crate::{notes::Arrivals, peers::Peer, requester::Requester, services::Service};
use access_control::{Object, Overview, Permit, Store, View, decide};
use archive::Committer;
use catalog::{CrawlPass, Crawls, Error, Readiness, StudyIndex};
use imaging_domain::Principal;
use jiff::{Timestamp, tz::TimeZone};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often is looked whether the next pass is due, or the hours have come.
const LOOK: Duration = Duration::from_secs(1);
/// The most studies that did not come that are told.
const MAX_LOST: usize = 10_000;
pub(super) const WHO: Principal = Principal::Service("crawl");

/// What a crawler works with.
pub struct Parts {
    /// Where it keeps how far it is.
    pub crawls: Arc<dyn Crawls>,
    /// What is here already.
    pub readiness: Arc<dyn Readiness>,
    /// The same by its names.
    pub studies: Arc<dyn StudyIndex>,
    /// Where instances go that come by C-GET.
    pub store: Arc<dyn Service>,
    /// Where studies are learned of that the archive keeps; none when they are fetched.
    pub learning: Option<Committer>,
    /// Notes what comes of a study, by whatever way.
    pub arrivals: Arrivals,
    /// Whether the hospital has rules that drop or hold what arrives.
    pub leaves_out: bool,
    /// Who asks; its title is also where instances go by C-MOVE.
    pub requester: Requester,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

pub(super) struct Inner {
    pub(super) parts: Arc<Parts>,
    pub(super) config: Config,
    pub(super) archive: Peer,
    pub(super) pace: Pace,
    pub(super) lately: Lately,
    trouble: Mutex<String>,
    started: Notify,
}

/// The taking over of one archive. Cheap to clone.
#[derive(Clone)]
pub struct Crawler(pub(super) Arc<Inner>);

impl Crawler {
    /// Of this archive.
    pub fn new(parts: Parts, config: Config, archive: Peer) -> Self {
        let pace = Pace::new(config.instances_per_s);
        let (lately, trouble, started) = (Lately::default(), Mutex::default(), Notify::new());
        Self(Arc::new(Inner { parts: Arc::new(parts), config, archive, pace, lately, trouble, started }))
    }

    /// Begins a pass when none goes on, and tells.
    ///
    /// # Errors
    /// What the index says.
    pub async fn start(&self) -> Result<Told, Error> {
        let Inner { parts, config, archive, .. } = self.0.as_ref();
        let now = (parts.clock)();
        let today = Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(TimeZone::system()).date();
        let windows = first_windows(today, config.earliest_year);
        parts.crawls.begin_pass(&store()?, &archive.ae_title, windows, now).await?;
        self.0.started.notify_one();
        self.told().await
    }

    /// How far it is.
    ///
    /// # Errors
    /// What the index says.
    pub async fn told(&self) -> Result<Told, Error> {
        let Inner { parts, archive, .. } = self.0.as_ref();
        let permit = overview()?;
        let pass = parts.crawls.last_pass(&permit, &archive.ae_title).await?;
        let report = parts.crawls.report(&permit, &archive.ae_title).await?;
        let lost = parts.crawls.given_up(&permit, &archive.ae_title, MAX_LOST).await?;
        let told = Told::new(archive.ae_title.to_string(), pass, report, lost);
        let trouble = self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rests = told.pass > 0 && told.ended_ms.is_none() && !self.may_work();
        Ok(Told { rests, trouble, ..told })
    }

    /// Walks until it is told to stop: goes on with a pass that has not ended, and waits for the next.
    pub async fn run(self, stop: CancellationToken) {
        stop.run_until_cancelled(async {
            loop {
                match self.next().await {
                    Ok(Some(_)) => Pass::new(&self).walk().await,
                    Ok(None) => {
                        let _ = tokio::time::timeout(LOOK, self.0.started.notified()).await;
                    }
                    Err(error) => {
                        self.note(&error.to_string());
                        tokio::time::sleep(LOOK).await;
                    }
                }
            }
        })
        .await;
    }

    /// The pass that goes on, begun now when it is time for one.
    async fn next(&self) -> Result<Option<CrawlPass>, Error> {
        let Inner { parts, config, archive, .. } = self.0.as_ref();
        let last = parts.crawls.last_pass(&overview()?, &archive.ae_title).await?;
        let Some(ended_ms) = last.and_then(|pass| pass.ended_ms) else { return Ok(last) };
        let every_ms = i64::try_from(config.every_h.saturating_mul(3_600_000)).unwrap_or(i64::MAX);
        if every_ms > 0 && (parts.clock)() - ended_ms >= every_ms {
            self.start().await?;
            return parts.crawls.last_pass(&overview()?, &archive.ae_title).await;
        }
        Ok(None)
    }

    /// Waits for its hours, without an association.
    pub(super) async fn until_allowed(&self, line: &mut Line) {
        while !self.may_work() {
            line.release().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    fn may_work(&self) -> bool {
        self.0.config.hours.has((self.0.parts.clock)())
    }

    /// Keeps in mind what kept it from asking; an empty text when nothing does.
    pub(super) fn note(&self, trouble: &str) {
        if !trouble.is_empty() {
            tracing::warn!(archive = %self.0.archive.ae_title, trouble, "the old archive cannot be asked");
        }
        trouble.clone_into(&mut self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

pub(super) fn view() -> Result<Permit<View>, Error> {
    decide(&WHO, Object::Region).map_err(|_| Error::Invalid("a crawl may not look"))
}

pub(super) fn overview() -> Result<Permit<Overview>, Error> {
    decide(&WHO, Object::Region).map_err(|_| Error::Invalid("a crawl may not look"))
}

pub(super) fn store() -> Result<Permit<Store>, Error> {
    decide(&WHO, Object::Region).map_err(|_| Error::Invalid("a crawl may not store"))
}
