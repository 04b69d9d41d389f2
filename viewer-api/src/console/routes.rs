//! The console's own routes.

use super::{Console, Deed};
use crate::pages::{Asker, Refusal, body};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/console`: a [`Report`](super::Report).
pub(super) async fn report(
    State(console): State<Arc<dyn Console>>,
    asker: Asker,
) -> Result<Json<super::Report>, Refusal> {
    Ok(Json(console.report(&asker.somebody()?).await?))
}

/// `GET /api/console/conflicts`: `{conflicts: [KeptAside, …]}`.
pub(super) async fn conflicts(State(console): State<Arc<dyn Console>>, asker: Asker) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!({ "conflicts": console.conflicts(&asker.somebody()?).await? })))
}

/// `GET /api/console/quarantine`: `{quarantine: [Quarantined, …]}`.
pub(super) async fn quarantine(State(console): State<Arc<dyn Console>>, asker: Asker) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!({ "quarantine": console.quarantine(&asker.somebody()?).await? })))
}

/// `GET /api/console/quarantine/{id}`: an [`Opened`](super::Opened).
pub(super) async fn opened(
    State(console): State<Arc<dyn Console>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<super::Opened>, Refusal> {
    Ok(Json(console.opened(&asker.somebody()?, &id).await?))
}

/// `POST /api/console/act` with a [`Deed`]: 204 when it is done.
pub(super) async fn act(
    State(console): State<Arc<dyn Console>>,
    asker: Asker,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let who = asker.somebody()?;
    body::refuse_foreign(&request)?;
    let deed: Deed = body::read(request.into_body()).await?;
    console.act(&who, deed).await?;
    Ok(StatusCode::NO_CONTENT)
}
