//! `POST /api/studies` and `POST /api/studies/count`: the worklist.
//!
//! QIDO-RS asks by query string, and what a radiologist types is a patient's name: a body reaches no log of any proxy on
//! the way. The body's `query` is a query string of QIDO-RS all the same, read by the same reader.

use super::{App, body, refusal::Refusal, session::Asker};
use archive::{Archive, Availability};
use axum::{
    Json,
    extract::{Request, State},
};
use catalog::{Answer, Match};
use imaging_domain::{Level, Query, SiteId, json as dicom_json};
use serde::Deserialize;
use serde_json::{Value, json};

/// The most hospitals of one question.
const MAX_SITES: usize = 200;
/// Where counting stops; a longer list is narrowed before anybody reaches its end.
const MAX_COUNT: u32 = 150_000;

/// What the worklist asks. No `Debug`: it holds what somebody typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// A query string of QIDO-RS at study level (PS3.18 10.6.1).
    query: String,
    /// Only what these sites hold; every site when empty.
    #[serde(default)]
    sites: Vec<SiteId>,
}

/// `{studies: [{attributes, sites, availability}, …], more}`: attributes in the DICOM JSON model (PS3.18 F), sites by
/// name, `availability` one of `online`, `nearline`, `cached`, `partly`, `offline`.
pub(super) async fn studies(State(app): State<App>, asker: Asker, request: Request) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let query = read(request).await?;
    let answer = app.cases.search(&who, &query).await?;
    let available = app.cases.availability(&who, &answer.matches).await?;
    Ok(listed(&answer, available))
}

/// The same at a hospital's console, of what the hospital holds.
pub(super) async fn held(
    State(archive): State<Archive>,
    asker: Asker,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let query = read(request).await?;
    let answer = archive.search(&who, &query).await?;
    let available = archive.availability(&who, &answer.matches).await?;
    Ok(listed(&answer, available))
}

fn listed(answer: &Answer, available: Vec<Availability>) -> Json<Value> {
    let studies: Vec<Value> = answer.matches.iter().zip(available).map(|(one, how)| row(one, how)).collect();
    Json(json!({ "studies": studies, "more": answer.more }))
}

/// `{count, exact}`: how many studies match; not exact when there are more than are counted.
pub(super) async fn count(State(app): State<App>, asker: Asker, request: Request) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let query = read(request).await?;
    let count = app.cases.count(&who, &query, MAX_COUNT).await?;
    Ok(Json(json!({ "count": count, "exact": count < MAX_COUNT })))
}

/// One study as the page gets it.
pub(super) fn row(one: &Match, availability: Availability) -> Value {
    json!({
        "attributes": dicom_json::to_json(&one.attributes, &|_, _| None),
        "sites": one.sites,
        "availability": availability.word(),
    })
}

async fn read(request: Request) -> Result<Query, Refusal> {
    body::refuse_foreign(&request)?;
    let asked: Asked = body::read(request.into_body()).await?;
    if asked.sites.len() > MAX_SITES {
        return Err(Refusal::Malformed);
    }
    // What it warns of a client should know; the page asks for nothing that it would be warned of.
    let (mut query, _) = ::dicomweb::parse_search(Level::Study, &asked.query).map_err(|_| Refusal::Malformed)?;
    query.sites = asked.sites;
    Ok(query)
}
