//! Listing links, what became of one, putting its end off, taking it back.

use super::{App, told};
use crate::pages::{Asker, Refusal, body};
use axum::{
    Json,
    extract::{Path, Query, Request, State},
    http::StatusCode,
};
use imaging_domain::{LinkId, StudyUid};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which links.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    study: Option<String>,
}

/// For how long from now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Longer {
    days: u32,
}

/// `GET /links?study=UID`: `{links: [link, …]}`, the latest first.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let study = which.study.map(|study| StudyUid::parse(&study)).transpose().map_err(|_| Refusal::Malformed)?;
    let links = app.links.list(&who, study.as_ref()).await?;
    let now_ms = (app.clock)();
    Ok(Json(json!({ "links": links.iter().map(|link| told::link(link, now_ms)).collect::<Vec<_>>() })))
}

/// `GET /links/{id}`: `{link, events: [{at_ms, what, addr}, …]}`, the latest event first.
pub(super) async fn history(
    State(app): State<App>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let (link, events) = app.links.history(&who, &named(&id)?).await?;
    let events = events.iter().map(told::event).collect::<Vec<_>>();
    Ok(Json(json!({ "link": told::link(&link, (app.clock)()), "events": events })))
}

/// `POST /links/{id}/extend` with `{days}`: from now.
pub(super) async fn extend(
    State(app): State<App>,
    asker: Asker,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    body::refuse_foreign(&request)?;
    let longer: Longer = body::read(request.into_body()).await?;
    let link = app.links.extend(&who, &named(&id)?, longer.days).await?;
    Ok(Json(json!({ "link": told::link(&link, (app.clock)()) })))
}

/// `POST /links/{id}/revoke` with `{}`: 204, also when it was taken back before.
pub(super) async fn revoke(
    State(app): State<App>,
    asker: Asker,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let who = asker.somebody()?;
    body::refuse_foreign(&request)?;
    app.links.revoke(&who, &named(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(id: &str) -> Result<LinkId, Refusal> {
    LinkId::parse(id).map_err(|_| Refusal::Malformed)
}
