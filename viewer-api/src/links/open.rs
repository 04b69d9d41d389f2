//! `POST /s/api/open` and `POST /s/api/leave`.

use super::{
    App, contents,
    once::{self, Attempt},
    refusal::Refusal,
};
use crate::{cookie::LINK, pages::body};
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

/// What opens a link. No `Debug`: it holds both secrets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    token: String,
    pin: String,
    #[serde(default)]
    attempt: Option<String>,
}

/// Opens a link, sets the session's cookie, and answers as `GET /s/api/link`, which saves the page one way there and back.
pub(super) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request).map_err(|_| Refusal::Malformed)?;
    let addr = (app.config.peer)(request.extensions());
    let Secrets { token, pin, attempt: number } =
        body::read(request.into_body()).await.map_err(|_| Refusal::Malformed)?;
    // before anything is looked at, or as many could be tried at once as there are connections
    app.attempts.take(addr, (app.config.clock)()).map_err(Refusal::SlowDown)?;
    let opened = once::opened(&app, Attempt { token, pin, number }, addr).await?;
    app.attempts.give_back(addr);
    let mut response = Json(contents::of(&app, &opened.holder).await?).into_response();
    LINK.set(&mut response, &opened.token, opened.lasts_ms / 1000);
    Ok(response)
}

/// Ends the session and takes the cookie away, whether there was a session or not.
pub(super) async fn leave(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request).map_err(|_| Refusal::Malformed)?;
    if let Some(token) = LINK.read(request.headers()) {
        app.links.leave(token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    LINK.set(&mut response, "", 0);
    Ok(response)
}
