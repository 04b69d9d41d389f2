//! The port of studies, series and instances, method by method.

use super::{Sqlite, commit, delete_study, gone, list, overview, search};
use crate::{
    error::Error,
    ports::{Answer, Arrival, Conflict, Deleted, InstanceCopies, Position, Scope, StudyIndex, Totals, Verdict},
};
use access_control::{Delete, Overview, Permit, Search, Store, View};
use async_trait::async_trait;
use imaging_domain::{InstanceUid, Key, Matching, Query, SeriesUid, SiteId, StudyUid, attribute, tags};

#[async_trait]
impl StudyIndex for Sqlite {
    async fn commit(&self, _permit: &Permit<Store>, arrivals: Vec<Arrival>) -> Result<Vec<Verdict>, Error> {
        self.connections.write("commit arrivals", move |t| commit::commit(t, arrivals)).await
    }

    async fn delete_study(
        &self,
        _permit: &Permit<Delete>,
        site: &SiteId,
        study: &StudyUid,
        now_ms: i64,
    ) -> Result<Deleted, Error> {
        let (site, study) = (site.clone(), study.clone());
        self.connections.write("delete a study", move |t| delete_study::delete(t, &site, &study, now_ms)).await
    }

    async fn search_on(
        &self,
        permit: &Permit<Search>,
        query: &Query,
        from: Option<&Position>,
    ) -> Result<(Answer, Option<Position>), Error> {
        let (query, from) = (narrowed(permit, query), from.cloned());
        self.connections.read("search", move |c| search::search(c, &query, from.as_ref())).await
    }

    async fn count(&self, permit: &Permit<Search>, query: &Query, at_most: u32) -> Result<u32, Error> {
        let query = narrowed(permit, query);
        self.connections.read("count", move |c| search::count(c, &query, at_most)).await
    }

    async fn instances(
        &self,
        _permit: &Permit<View>,
        scope: &Scope,
        after: Option<&(SeriesUid, InstanceUid)>,
        limit: usize,
    ) -> Result<Vec<InstanceCopies>, Error> {
        let (scope, after) = (scope.clone(), after.cloned());
        let limit = limit.min(list::MAX_INSTANCES);
        self.connections.read("list instances", move |c| list::instances(c, &scope, after.as_ref(), limit)).await
    }

    async fn named_instances(
        &self,
        _permit: &Permit<View>,
        (study, series): (&StudyUid, &SeriesUid),
        named: &[InstanceUid],
    ) -> Result<Vec<InstanceCopies>, Error> {
        let scope = Scope { study: study.clone(), series: Some(series.clone()), instance: None };
        let named = named.to_vec();
        self.connections.read("find instances", move |c| list::named(c, &scope, named)).await
    }

    async fn order(
        &self,
        _permit: &Permit<View>,
        (study, series): (&StudyUid, &SeriesUid),
    ) -> Result<Vec<InstanceUid>, Error> {
        let (study, series) = (study.clone(), series.clone());
        self.connections.read("order a series", move |c| list::order(c, &study, &series)).await
    }

    async fn representative(&self, _permit: &Permit<View>, scope: &Scope) -> Result<InstanceCopies, Error> {
        let scope = scope.clone();
        self.connections.read("choose a representative", move |c| list::representative(c, &scope)).await
    }

    async fn is_gone(&self, _permit: &Permit<View>, scope: &Scope) -> Result<bool, Error> {
        let scope = scope.clone();
        self.connections.read("look for what was deleted", move |c| gone::is_gone(c, &scope)).await
    }

    async fn conflicts(&self, _permit: &Permit<Overview>, limit: usize) -> Result<Vec<Conflict>, Error> {
        self.connections.read("list conflicts", move |c| overview::conflicts(c, limit)).await
    }

    async fn totals(&self, _permit: &Permit<Overview>) -> Result<Totals, Error> {
        self.connections.read("read totals", overview::totals).await
    }
}

/// A query, and the studies its permit is for as one more key, which has to match beside all others.
fn narrowed(permit: &Permit<Search>, query: &Query) -> Query {
    let mut query = query.clone();
    if let (Some(studies), Some(attribute)) = (permit.only_studies(), attribute::find(&[tags::STUDY_INSTANCE_UID])) {
        let studies = studies.iter().map(StudyUid::as_str).map(String::from).collect();
        query.keys.push(Key { attribute, matching: Matching::List(studies) });
    }
    query
}
