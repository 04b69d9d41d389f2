//! One pass: one who asks, several who fetch, until nothing waits.

use super::{
    crawler::{Crawler, Inner, overview, store},
    gone::forget_gone,
    listing::{End, Listing, list},
    looking::look_into,
    windows,
    worker::{Done, Worker},
};
use crate::requester::{self, Association, FIND, Proposed};
use catalog::{CrawlWindow, DueStudy, Error, FetchEnd, WindowEnd};
use futures_util::future::join_all;
use imaging_domain::{StudyUid, transfer_syntax};
use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long who finds nothing to fetch waits before looking again.
const IDLE: Duration = Duration::from_millis(200);
/// How many due studies are looked at for each that fetches.
const DUE_EACH: usize = 4;

pub(super) struct Pass<'a> {
    crawler: &'a Crawler,
    inner: &'a Inner,
    /// Studies that somebody fetches now.
    fetching: Mutex<HashSet<StudyUid>>,
    /// One looks for work at a time.
    taking: tokio::sync::Mutex<()>,
    is_listed: AtomicBool,
    has_ended: AtomicBool,
}

impl<'a> Pass<'a> {
    pub(super) fn new(crawler: &'a Crawler) -> Self {
        Self {
            crawler,
            inner: &crawler.0,
            fetching: Mutex::default(),
            taking: tokio::sync::Mutex::default(),
            is_listed: AtomicBool::default(),
            has_ended: AtomicBool::default(),
        }
    }

    /// Until it has ended.
    pub(super) async fn walk(&self) {
        let fetchers = join_all((0..self.inner.config.associations.max(1)).map(|_| self.fetch_all()));
        tokio::join!(self.list_all(), fetchers);
    }

    /// Asks for one window after the other.
    async fn list_all(&self) {
        let (mut open, mut tries) = (None, 0);
        loop {
            self.crawler.until_allowed().await;
            match self.list_next(&mut open).await {
                Ok(true) => tries = 0,
                Ok(false) => break,
                Err(trouble) => {
                    self.crawler.note(&trouble);
                    tokio::time::sleep(self.inner.config.pause(tries)).await;
                    tries += 1;
                }
            }
        }
        self.crawler.note("");
        if let Some(open) = open {
            let _ = Association::end(open, Ok(())).await;
        }
        for ended in [look_into(self.inner).await, forget_gone(self.inner).await] {
            ended.unwrap_or_else(|trouble| self.crawler.note(&trouble)); // the next pass does it again
        }
        self.is_listed.store(true, Ordering::Release);
    }

    /// Whether there was one. After an error the association is gone.
    async fn list_next(&self, open: &mut Option<Association>) -> Result<bool, String> {
        let Inner { parts, config, archive, .. } = self.inner;
        let text = |error: Error| error.to_string();
        let next = parts.crawls.next_window(&overview().map_err(text)?, &archive.ae_title).await.map_err(text)?;
        let Some(window) = next else { return Ok(false) };
        let mut association = match open.take() {
            Some(association) => association,
            None => self.open().await.map_err(|error| error.to_string())?,
        };
        match list(&mut association, &window, config.answer_limit).await {
            Ok(Listing { end: End::Refused(status), .. }) => {
                *open = Some(association);
                Err(format!("the archive answers {status}"))
            }
            Ok(listing) => {
                *open = Some(association);
                self.keep(&window, listing).await.map_err(text)?;
                self.crawler.note("");
                Ok(true)
            }
            failed => association.end(failed).await.map(|_| true).map_err(|error| error.to_string()),
        }
    }

    async fn open(&self) -> Result<Association, requester::Error> {
        let Inner { parts, archive, .. } = self.inner;
        parts.requester.open(archive, &[Proposed::new(FIND, [transfer_syntax::IMPLICIT_LITTLE])]).await
    }

    async fn keep(&self, window: &CrawlWindow, listing: Listing) -> Result<(), Error> {
        let Inner { parts, archive, .. } = self.inner;
        let end = match listing.end {
            End::CutOff => windows::parts(window).map_or(WindowEnd::Cut, WindowEnd::Halved),
            End::Whole | End::Refused(_) => WindowEnd::Whole,
        };
        parts.crawls.end_window(&store()?, &archive.ae_title, window, listing.studies, end).await
    }

    /// Fetches one study after the other until the pass has ended.
    async fn fetch_all(&self) {
        let Inner { parts, config, archive, .. } = self.inner;
        let mut worker = Worker::new(parts, archive, config.how);
        loop {
            self.crawler.until_allowed().await;
            match self.take().await {
                Ok(Some(due)) => {
                    let ended = self.fetch(&mut worker, &due).await;
                    self.fetching().remove(&due.listed.study);
                    if let Err(error) = ended {
                        self.crawler.note(&error.to_string());
                        tokio::time::sleep(IDLE).await;
                    }
                }
                Ok(None) => {
                    worker.release().await;
                    if self.has_ended().await {
                        return;
                    }
                    tokio::time::sleep(IDLE).await;
                }
                Err(error) => {
                    self.crawler.note(&error.to_string());
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    fn fetching(&self) -> MutexGuard<'_, HashSet<StudyUid>> {
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest study that is due and that nobody fetches.
    async fn take(&self) -> Result<Option<DueStudy>, Error> {
        let Inner { parts, config, archive, .. } = self.inner;
        let limit = config.associations.max(1) * DUE_EACH;
        let _turn = self.taking.lock().await;
        let before = self.fetching().clone(); // whose fetch ends while the index is read stands in it as it was before
        let due = parts.crawls.due(&overview()?, &archive.ae_title, (parts.clock)(), limit).await?;
        let mut fetching = self.fetching();
        let free = |due: &DueStudy| !before.contains(&due.listed.study) && fetching.insert(due.listed.study.clone());
        Ok(due.into_iter().find(free))
    }

    async fn fetch(&self, worker: &mut Worker, due: &DueStudy) -> Result<(), Error> {
        let Inner { parts, config, archive, pace, .. } = self.inner;
        let expected = due.listed.instances.unwrap_or_default().saturating_sub(due.held);
        pace.turn(expected).await;
        let end = match worker.work(due).await {
            Ok(Done { instances, has_changed }) => {
                pace.spend(instances.max(u64::from(due.is_looked_into)).saturating_sub(expected));
                FetchEnd::Whole { at_ms: (parts.clock)(), has_changed }
            }
            Err(why) if due.tries + 1 >= config.tries => FetchEnd::GivenUp { why },
            Err(why) => {
                let pause_ms = config.pause(due.tries).as_millis() as i64;
                FetchEnd::Again { at_ms: (parts.clock)() + pause_ms, why }
            }
        };
        if let FetchEnd::Again { why, .. } | FetchEnd::GivenUp { why } = &end {
            tracing::warn!(study = %due.listed.study, why, tries = due.tries + 1, "a study of the old archive did not come");
        }
        parts.crawls.end_fetch(&store()?, &archive.ae_title, &due.listed.study, end).await
    }

    async fn has_ended(&self) -> bool {
        let Inner { parts, archive, .. } = self.inner;
        let has_ended = self.has_ended.load(Ordering::Acquire);
        // once it has, the next one may begin: that is for another walk
        if has_ended || !self.is_listed.load(Ordering::Acquire) {
            return has_ended;
        }
        let end = async { parts.crawls.end_pass(&store()?, &archive.ae_title, (parts.clock)()).await };
        let ended = end.await.inspect_err(|error| self.crawler.note(&error.to_string())).unwrap_or(false);
        self.has_ended.fetch_or(ended, Ordering::AcqRel) || ended
    }
}
