//! The archive: everything the use cases need, chosen once by the program.

use crate::{
    error::Error, fetch::Fetches, headers::Headers, holding::Holding, pseudonyms::Pseudonyms, read_ahead::ReadAhead,
    ready::Turns, remote::Remote, sequences::Sequences, thumbnails_ahead::ThumbnailsAhead,
};
use access_control::{Action, Object, Overview, Permit, Search, View, decide};
use audit_log::{AuditLog, Event, Outcome, What};
use blob_store::{BlobStore, DerivedStore};
use catalog::{Answer, Position, Readiness, Registry, Scope, StudyIndex, Totals};
use imaging_domain::{Matching, Principal, Query, SiteId, SiteSummary, StudyUid, tags};
use rendering::Renderer;
use std::sync::Arc;

/// What an archive is made of.
#[derive(Clone)]
pub struct Parts {
    /// The index.
    pub index: Arc<dyn StudyIndex>,
    /// Which series are ready.
    pub readiness: Arc<dyn Readiness>,
    /// The sites.
    pub registry: Arc<dyn Registry>,
    /// The bytes: everything at a hospital, a cache at the hub.
    pub blobs: Arc<dyn BlobStore>,
    /// Finished thumbnails.
    pub derived: Arc<dyn DerivedStore>,
    /// Headers of series in compact form.
    pub compact: Arc<dyn DerivedStore>,
    /// Where to fetch what is not here; nowhere at a hospital.
    pub remote: Option<Arc<dyn Remote>>,
    /// The audit log.
    pub audit: AuditLog,
    /// The picture maker.
    pub renderer: Renderer,
    /// What UIDs are replaced by where who an instance is about is left out.
    pub pseudonyms: Pseudonyms,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Archive {
    pub(crate) parts: Arc<Parts>,
    pub(crate) fetches: Fetches,
    pub(crate) headers: Headers,
    pub(crate) sequences: Sequences,
    pub(crate) read_ahead: ReadAhead,
    pub(crate) thumbnails_ahead: ThumbnailsAhead,
    pub(crate) holding: Option<Holding>,
    pub(crate) turns: Turns,
}

impl Archive {
    /// An archive of these parts.
    pub fn new(parts: Parts) -> Self {
        let parts = Arc::new(parts);
        Self {
            fetches: Fetches::new(Arc::clone(&parts)),
            headers: Headers::new(),
            sequences: Sequences::new(),
            read_ahead: ReadAhead::new(),
            thumbnails_ahead: ThumbnailsAhead::new(),
            holding: None,
            turns: Turns::default(),
            parts,
        }
    }

    /// Answers a query from the index; no site is asked.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn search(&self, who: &Principal, query: &Query) -> Result<Answer, Error> {
        Ok(self.search_on(who, query, None).await?.0)
    }

    /// The same from a position on, with the position of what comes next, when more does. Each part of the results is
    /// written down before it is given.
    ///
    /// # Errors
    /// As [`search`](Self::search).
    pub async fn search_on(
        &self,
        who: &Principal,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), Error> {
        let permit = self.permit::<Search>(who, What::Query, None).await?;
        let (answer, next) = self.parts.index.search_on(&permit, query, from).await?;
        let mut event = Event::new(What::Query, who).count(answer.matches.len());
        event.study = study_of(query);
        self.parts.audit.record(event).await?;
        Ok((answer, next))
    }

    /// Whether something of a scope was here and was deleted, and nothing of it is here. No site is asked.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn is_gone(&self, who: &Principal, scope: &Scope) -> Result<bool, Error> {
        let permit = decide::<View>(who, Object::Study(&scope.study))?;
        Ok(self.parts.index.is_gone(&permit, scope).await?)
    }

    /// How many studies match a query; counting stops at `at_most`. No site is asked.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn count(&self, who: &Principal, query: &Query, at_most: u32) -> Result<u32, Error> {
        let permit = self.permit::<Search>(who, What::Query, None).await?;
        let count = self.parts.index.count(&permit, query, at_most).await?;
        self.parts.audit.record(Event::new(What::Query, who).count(count as usize)).await?;
        Ok(count)
    }

    /// The region at a glance: totals, and each site with whether it can be asked now.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn overview(&self, who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error> {
        let permit = decide::<Overview>(who, Object::Region)?;
        let totals = self.parts.index.totals(&permit).await?;
        let sites = self.parts.registry.sites(&permit).await?;
        let asked = |site: &SiteId| self.parts.remote.as_ref().is_some_and(|remote| remote.is_connected(site));
        // what the hub holds itself it can always give
        let connected = |summary: &SiteSummary| summary.held_by_hub || asked(&summary.site);
        Ok((totals, sites.into_iter().map(|summary| (summary.clone(), connected(&summary))).collect()))
    }

    /// Asks the one decision, and writes a refusal down.
    pub(crate) async fn permit<A: Action>(
        &self,
        who: &Principal,
        what: What,
        study: Option<&StudyUid>,
    ) -> Result<Permit<A>, Error> {
        match decide::<A>(who, study.map_or(Object::Region, Object::Study)) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                let mut event = Event::new(what, who).outcome(Outcome::Denied);
                event.study = study.cloned();
                self.parts.audit.record(event).await?;
                Err(denied.into())
            }
        }
    }

    /// Writes down that instances are given and, meanwhile, gets them ready. None is given before an event that says so is
    /// durable.
    pub(crate) async fn recorded<T>(
        &self,
        event: Event,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let (recorded, done) = tokio::join!(self.parts.audit.record_access(event), work);
        recorded?;
        done
    }

    /// A permit to see a scope.
    pub(crate) async fn may_view(&self, who: &Principal, what: What, scope: &Scope) -> Result<Permit<View>, Error> {
        self.permit::<View>(who, what, Some(&scope.study)).await
    }
}

/// The study a query is narrowed to, for the audit log.
fn study_of(query: &Query) -> Option<StudyUid> {
    query.keys.iter().find_map(|key| match &key.matching {
        Matching::Single(uid) if key.attribute.tag() == tags::STUDY_INSTANCE_UID => StudyUid::parse(uid).ok(),
        _ => None,
    })
}
