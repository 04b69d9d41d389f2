//! How far the taking over of an old archive is: what it said it has, and what of it came.

use super::{CrawlPass, CrawlReport, GivenUp};
use crate::error::Error;
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;
use imaging_domain::{AeTitle, StudyUid};
use std::collections::HashSet;

/// A part of an archive that is asked for at once, from one study date (and time) to another, as texts of whoever asks. Those
/// whose `last` is greater are asked first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CrawlWindow {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
}

/// How the answer for a window ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowEnd {
    /// The archive has told all of it.
    Whole,
    /// It was cut off; these are asked in its place.
    Halved(Vec<CrawlWindow>),
    /// It was cut off, and there are no smaller ones: what else there is nobody knows.
    Cut,
}

/// A study as the archive tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedStudy {
    /// The study.
    pub study: StudyUid,
    /// Its date, `YYYYMMDD`; empty when it has none.
    pub date: String,
    /// How many instances it has; `None` when the archive does not say.
    pub instances: Option<u64>,
    /// SOP class UIDs of its instances; none when the archive does not say.
    pub classes: Vec<String>,
    /// What is another one when what the archive tells of patient and study is; as a text of whoever asks.
    pub mark: String,
}

/// A study that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueStudy {
    /// What the archive tells of it.
    pub listed: ListedStudy,
    /// How many instances of it are in the index.
    pub held: u64,
    /// How often it was tried.
    pub tries: u32,
    /// Whether the archive told something else of patient or study when it was last whole here.
    pub is_rewritten: bool,
    /// Whether nothing that the archive tells of it has changed, and what is in it is to be compared nevertheless.
    pub is_looked_into: bool,
}

/// What became of a try to fetch a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchEnd {
    /// It is here.
    Whole {
        /// Since when (milliseconds since 1970 UTC).
        at_ms: i64,
        /// Whether something else was in it than before, of which the archive had told nothing.
        has_changed: bool,
        /// How many of those that the archive told came and were not kept, or are held, by rules of the hospital.
        left_out: u64,
    },
    /// It is tried again, not before this time (milliseconds since 1970 UTC).
    Again {
        /// When.
        at_ms: i64,
        /// Why it is not here, without a word about the patient.
        why: String,
    },
    /// It is not tried again in this pass.
    GivenUp {
        /// Why it is not here, without a word about the patient.
        why: String,
    },
}

/// The taking over of archives, each by its title. Whatever was written is there after a crash, so that a walk goes on where it
/// was.
#[async_trait]
pub trait Crawls: Send + Sync {
    /// Goes on with the pass that has not ended, or begins one with these windows.
    async fn begin_pass(
        &self,
        permit: &Permit<Store>,
        archive: &AeTitle,
        windows: Vec<CrawlWindow>,
        now_ms: i64,
    ) -> Result<CrawlPass, Error>;

    /// The last pass; `None` before the first.
    async fn last_pass(&self, permit: &Permit<Overview>, archive: &AeTitle) -> Result<Option<CrawlPass>, Error>;

    /// The window to ask for next, these passed over; `None` when there is no other.
    async fn next_window(
        &self,
        permit: &Permit<Overview>,
        archive: &AeTitle,
        passed_over: &[CrawlWindow],
    ) -> Result<Option<CrawlWindow>, Error>;

    /// Those of these studies that the pass has not heard of yet.
    async fn untold(
        &self,
        permit: &Permit<Overview>,
        archive: &AeTitle,
        studies: Vec<StudyUid>,
    ) -> Result<HashSet<StudyUid>, Error>;

    /// Keeps what an archive told for a window, and how that ended, at once; what the pass has heard of already stays as it was told
    /// first. New studies, studies of which something is
    /// missing, and changed ones are to be fetched from then on.
    async fn end_window(
        &self,
        permit: &Permit<Store>,
        archive: &AeTitle,
        window: &CrawlWindow,
        studies: Vec<ListedStudy>,
        end: WindowEnd,
    ) -> Result<(), Error>;

    /// Has the studies looked into that the pass saw, that are here whole, and that were so last before this time
    /// (milliseconds since 1970 UTC): they are due from then on. Says how many.
    async fn look_into(&self, permit: &Permit<Store>, archive: &AeTitle, before_ms: i64) -> Result<usize, Error>;

    /// Studies to be fetched at this time, the latest first, at most `limit`.
    async fn due(
        &self,
        permit: &Permit<Overview>,
        archive: &AeTitle,
        now_ms: i64,
        limit: usize,
    ) -> Result<Vec<DueStudy>, Error>;

    /// Keeps what became of a study.
    async fn end_fetch(
        &self,
        permit: &Permit<Store>,
        archive: &AeTitle,
        study: &StudyUid,
        end: FetchEnd,
    ) -> Result<(), Error>;

    /// Studies that earlier passes saw and this one did not, and that were not said to be gone yet, at most `limit`. They may
    /// only not have been told yet. None when this one saw nothing at all.
    async fn unseen(&self, permit: &Permit<Overview>, archive: &AeTitle, limit: usize) -> Result<Vec<StudyUid>, Error>;

    /// Keeps that the archive has a study no more.
    async fn end_study(&self, permit: &Permit<Store>, archive: &AeTitle, study: &StudyUid) -> Result<(), Error>;

    /// Ends the pass when nothing of it waits any more; says whether it has ended.
    async fn end_pass(&self, permit: &Permit<Store>, archive: &AeTitle, now_ms: i64) -> Result<bool, Error>;

    /// The report; all zero before the first pass.
    async fn report(&self, permit: &Permit<Overview>, archive: &AeTitle) -> Result<CrawlReport, Error>;

    /// Studies that were given up, the latest first, at most `limit`.
    async fn given_up(&self, permit: &Permit<Overview>, archive: &AeTitle, limit: usize)
    -> Result<Vec<GivenUp>, Error>;
}
