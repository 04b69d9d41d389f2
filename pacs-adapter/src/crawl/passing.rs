//! One pass: one who asks, several who fetch, until nothing waits.

use super::{
    crawler::{Crawler, Inner, overview, store},
    gone::follow_unseen,
    line::Why,
    lister::Lister,
    looking::look_into,
    worker::{Done, Worker},
};
use crate::doubling::chance;
use catalog::{DueStudy, Error, FetchEnd};
use futures_util::future::join_all;
use imaging_domain::StudyUid;
use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

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
    /// Whether somebody found the archive away.
    was_away: AtomicBool,
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
            was_away: AtomicBool::default(),
            has_ended: AtomicBool::default(),
        }
    }

    /// Until it has ended.
    pub(super) async fn walk(&self) {
        let fetchers = join_all((0..self.inner.config.associations.max(1)).map(|_| self.fetch_all()));
        tokio::join!(self.list_all(), fetchers);
    }

    /// Asks what there is, and then for what earlier passes saw and this one did not.
    async fn list_all(&self) {
        Lister::new(self.crawler).walk().await;
        for ended in [follow_unseen(self.crawler).await, look_into(self.inner).await] {
            ended.unwrap_or_else(|trouble| self.crawler.note(&trouble)); // the next pass does it again
        }
        self.is_listed.store(true, Ordering::Release);
    }

    /// Fetches one study after the other until the pass has ended.
    async fn fetch_all(&self) {
        let (mut worker, mut pauses) = (Worker::new(self.inner), 0);
        loop {
            self.crawler.until_allowed(worker.line()).await;
            let pause = match self.take().await {
                Ok(Some(due)) => {
                    let fetched = self.fetch(&mut worker, &due).await;
                    self.fetching().remove(&due.listed.study);
                    self.pause_after(fetched, &mut pauses)
                }
                Ok(None) => {
                    worker.line().release().await;
                    if self.has_ended().await {
                        return;
                    }
                    IDLE
                }
                Err(error) => {
                    self.crawler.note(&error.to_string());
                    IDLE
                }
            };
            self.rest(pause).await;
        }
    }

    /// How long to wait before the next study. That the archive is away is no study's fault.
    fn pause_after(&self, fetched: Result<(), Why>, pauses: &mut u32) -> Duration {
        match fetched {
            Ok(()) => {
                if std::mem::take(pauses) > 0 {
                    self.crawler.note("");
                }
                Duration::ZERO
            }
            Err(Why::Failed(trouble)) => {
                self.crawler.note(&trouble);
                IDLE
            }
            Err(Why::Away(trouble)) => {
                self.crawler.note(&trouble);
                self.was_away.store(true, Ordering::Release);
                *pauses += 1;
                self.inner.config.pause(*pauses - 1).mul_f64(1.0 - 0.5 * chance())
            }
        }
    }

    /// Waits, but not beyond the end of the pass.
    async fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.has_ended.load(Ordering::Acquire) {
            tokio::time::sleep(IDLE.min(pause)).await;
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

    /// Works on a study, and keeps what came of it.
    async fn fetch(&self, worker: &mut Worker, due: &DueStudy) -> Result<(), Why> {
        let Inner { parts, config, archive, pace, .. } = self.inner;
        let expected = due.listed.instances.unwrap_or_default().saturating_sub(due.held);
        pace.turn(expected).await;
        // that may have taken until after its hours
        self.crawler.until_allowed(worker.line()).await;
        let done = worker.work(due).await;
        pace.settle(expected, worker.came().max(u64::from(due.is_looked_into)));
        let end = match done {
            Ok(Done { has_changed, left_out }) => FetchEnd::Whole { at_ms: (parts.clock)(), has_changed, left_out },
            Err(Why::Away(words)) => return Err(Why::Away(words)),
            Err(Why::Failed(why)) if due.tries + 1 >= config.tries => FetchEnd::GivenUp { why },
            Err(Why::Failed(why)) => {
                let pause_ms = config.pause(due.tries).as_millis() as i64;
                FetchEnd::Again { at_ms: (parts.clock)() + pause_ms, why }
            }
        };
        if let FetchEnd::Again { why, .. } | FetchEnd::GivenUp { why } = &end {
            tracing::warn!(study = %due.listed.study, why, tries = due.tries + 1, "a study of the old archive did not come");
        }
        let permit = store().map_err(Why::failed)?;
        parts.crawls.end_fetch(&permit, &archive.ae_title, &due.listed.study, end).await.map_err(Why::failed)
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
        if ended && self.was_away.load(Ordering::Acquire) {
            self.crawler.note("");
        }
        self.has_ended.fetch_or(ended, Ordering::AcqRel) || ended
    }
}
