//! Study links of a hospital: the hub makes and keeps them, and the console passes requests on to it.
//!
//! The routes are those of `sharing`, so that the page's scripts are the same. Whether the asker may share is decided here; that
//! the links are this hospital's, for studies that it holds, the hub knows from the adapter's certificate.

use crate::pages::{Asker, Refusal, body};
use access_control::{Object, Share, decide};
use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use imaging_domain::{LinkId, Principal, StudyUid};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// A hundred identifiers and a note.
const MAX_BODY_BYTES: usize = 16 << 10;

/// The hub's routes of links, asked as a hospital.
#[async_trait]
pub trait HubLinks: Send + Sync {
    /// Asks; `path` begins with `/links`.
    ///
    /// # Errors
    /// What the hub says, or that it cannot be reached.
    async fn get(&self, who: &Principal, path: &str) -> Result<Value, federation::Error>;

    /// Sends; as [`get`](Self::get). Who had it done is written down before.
    ///
    /// # Errors
    /// As there.
    async fn post(&self, who: &Principal, path: &str, body: &Value) -> Result<Value, federation::Error>;
}

type Hub = State<Arc<dyn HubLinks>>;

/// `/api/links` and what is below it.
pub(super) fn routes(hub: Arc<dyn HubLinks>) -> Router {
    Router::new()
        .route("/api/links", get(list).post(make))
        .route("/api/links/{id}", get(history))
        .route("/api/links/{id}/extend", post(extend))
        .route("/api/links/{id}/revoke", post(revoke))
        .with_state(hub)
}

/// Which links.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    study: Option<String>,
}

async fn list(State(hub): Hub, asker: Asker, Query(which): Query<Which>) -> Result<Json<Value>, Refusal> {
    let who = sharer(asker)?;
    let study = which.study.map(|study| StudyUid::parse(&study)).transpose().map_err(|_| Refusal::Malformed)?;
    let path = study.map_or("/links".to_owned(), |study| format!("/links?study={}", study.as_str()));
    Ok(Json(hub.get(&who, &path).await?))
}

async fn history(State(hub): Hub, asker: Asker, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let who = sharer(asker)?;
    Ok(Json(hub.get(&who, &below(&id, "")?).await?))
}

async fn make(State(hub): Hub, asker: Asker, request: Request) -> Result<Response, Refusal> {
    let (who, asked) = sent(asker, request).await?;
    Ok((StatusCode::CREATED, Json(hub.post(&who, "/links", &asked).await?)).into_response())
}

async fn extend(
    State(hub): Hub,
    asker: Asker,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let (who, asked) = sent(asker, request).await?;
    Ok(Json(hub.post(&who, &below(&id, "/extend")?, &asked).await?))
}

async fn revoke(
    State(hub): Hub,
    asker: Asker,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let (who, asked) = sent(asker, request).await?;
    hub.post(&who, &below(&id, "/revoke")?, &asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who asks, when it is somebody who may share.
fn sharer(asker: Asker) -> Result<Principal, Refusal> {
    let who = asker.somebody()?;
    decide::<Share>(&who, Object::Region).map_err(archive::Error::from)?;
    Ok(who)
}

/// What our own page sent.
async fn sent(asker: Asker, request: Request) -> Result<(Principal, Value), Refusal> {
    let who = sharer(asker)?;
    body::refuse_foreign(&request)?;
    Ok((who, body::read_at_most(request.into_body(), MAX_BODY_BYTES).await?))
}

fn below(id: &str, what: &str) -> Result<String, Refusal> {
    let id = LinkId::parse(id).map_err(|_| Refusal::Malformed)?;
    Ok(format!("/links/{}{what}", id.as_str()))
}
