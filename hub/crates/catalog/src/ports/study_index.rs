//! Studies, series and instances: put in, asked for, listed.

use super::{
    found::{Answer, Position},
    routes::Orders,
};
use crate::error::Error;
use access_control::{Delete, Overview, Permit, Search, Store, View};
use async_trait::async_trait;
use imaging_domain::{Digest, Instance, InstanceCopy, InstanceUid, Query, SeriesUid, SiteId, StudyUid};

/// An instance whose bytes are durable, on its way into the index.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The site that stored it.
    pub site: SiteId,
    /// What it stored.
    pub instance: Instance,
    /// What else is to be done with it.
    pub orders: Orders,
}

impl Arrival {
    /// One with which nothing else is to be done.
    pub fn new(site: SiteId, instance: Instance) -> Self {
        Self { site, instance, orders: Orders::default() }
    }
}

/// What the index made of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// New: indexed, and the next line of the site's feed.
    Stored,
    /// The same SOP Instance UID with the same digest is there: nothing changed.
    Duplicate,
    /// Another digest stands under this SOP Instance UID: the first stays, this one is noted as a conflict.
    Conflict,
}

/// An instance that came with other bytes than the one already stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// At which site.
    pub site: SiteId,
    /// Under which identifier.
    pub instance: InstanceUid,
    /// What stays.
    pub kept: Digest,
    /// What was put aside.
    pub aside: Digest,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// What went with a study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// How many instances.
    pub instances: usize,
    /// Bytes that nothing of the index names any more.
    pub digests: Vec<Digest>,
}

/// Which instances of the index: a study, a series of it, or one instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The study.
    pub study: StudyUid,
    /// One series of it.
    pub series: Option<SeriesUid>,
    /// One instance of that series.
    pub instance: Option<InstanceUid>,
}

impl Scope {
    /// What it is, in a word.
    pub fn what(&self) -> &'static str {
        match self {
            Self { instance: Some(_), .. } => "instance",
            Self { series: Some(_), .. } => "series",
            _ => "study",
        }
    }
}

/// All copies of one instance in the region, the most recently stored last but for those that nobody has seen, which come after
/// all others; never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceCopies(pub Vec<InstanceCopy>);

/// How much an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Distinct studies.
    pub studies: u64,
    /// Distinct series.
    pub series: u64,
    /// Instances, each copy counted.
    pub instances: u64,
    /// Conflicts.
    pub conflicts: u64,
}

/// Studies, series and instances of the sites that the index knows: at a hospital its own, at the hub everybody's.
#[async_trait]
pub trait StudyIndex: Send + Sync {
    /// Puts arrivals in, in one transaction that also appends to the site's feed, and is durable when it returns.
    /// Verdicts are in the order of the arrivals; two arrivals of the batch may be duplicates of each other.
    async fn commit(&self, permit: &Permit<Store>, arrivals: Vec<Arrival>) -> Result<Vec<Verdict>, Error>;

    /// Deletes what a site holds of a study, with its conflicts, in one transaction that also appends the lines of it to the
    /// site's feed, and is durable when it returns. What is not there is deleted already.
    async fn delete_study(
        &self,
        permit: &Permit<Delete>,
        site: &SiteId,
        study: &StudyUid,
        now_ms: i64,
    ) -> Result<Deleted, Error>;

    /// Answers a query, of the studies that its permit is for. Copies of a study at several sites are one result: it matches when one copy does, its
    /// counts are of distinct series and instances, its attributes those of the copy with the most instances.
    async fn search(&self, permit: &Permit<Search>, query: &Query) -> Result<Answer, Error> {
        Ok(self.search_on(permit, query, None).await?.0)
    }

    /// The same after a position of the same query, whose offset counts from there; with the position of what comes next,
    /// when more does. What arrives between two calls is neither given twice nor moves what is still to come: nothing that
    /// was there throughout is missed.
    async fn search_on(
        &self,
        permit: &Permit<Search>,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), Error>;

    /// How many studies match a query at study level, whatever page of them it asks for; at most `at_most`.
    async fn count(&self, permit: &Permit<Search>, query: &Query, at_most: u32) -> Result<u32, Error>;

    /// Instances of a scope, ordered by series and instance UID, after the given one, at most `limit`.
    async fn instances(
        &self,
        permit: &Permit<View>,
        scope: &Scope,
        after: Option<&(SeriesUid, InstanceUid)>,
        limit: usize,
    ) -> Result<Vec<InstanceCopies>, Error>;

    /// These instances of a series, in the order they are named in; those that are not there are left out.
    async fn named_instances(
        &self,
        permit: &Permit<View>,
        series: (&StudyUid, &SeriesUid),
        named: &[InstanceUid],
    ) -> Result<Vec<InstanceCopies>, Error>;

    /// All instances of a series by Instance Number, as far as it is a number, then by UID: the order in which somebody looks
    /// through it.
    async fn order(&self, permit: &Permit<View>, series: (&StudyUid, &SeriesUid)) -> Result<Vec<InstanceUid>, Error>;

    /// The instance in the middle of a scope by SOP class and instance number, preferring images: what stands for
    /// it in a thumbnail. Within a study, the middle series by number.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    async fn representative(&self, permit: &Permit<View>, scope: &Scope) -> Result<InstanceCopies, Error>;

    /// Whether something of a scope was here and was deleted, and nothing of it is here.
    async fn is_gone(&self, permit: &Permit<View>, scope: &Scope) -> Result<bool, Error>;

    /// Conflicts, the latest first, at most `limit`.
    async fn conflicts(&self, permit: &Permit<Overview>, limit: usize) -> Result<Vec<Conflict>, Error>;

    /// How much there is.
    async fn totals(&self, permit: &Permit<Overview>) -> Result<Totals, Error>;
}
