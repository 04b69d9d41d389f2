//! `POST /s/api/professional`: one study in the full viewer, for the doctor it is shown to.

use super::{App, refusal::Refusal};
use crate::{
    cookie::{LINK, READER},
    pages::body,
};
use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use imaging_domain::StudyUid;
use serde::Deserialize;
use serde_json::json;

/// Which study, and the PIN once more. No `Debug`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    study: String,
    pin: String,
}

/// `{url}`: where the viewer shows that study alone, with a session that lasts an hour and can do nothing else.
pub(super) async fn professional(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request).map_err(|_| Refusal::Malformed)?;
    if !app.has_viewer {
        return Err(Refusal::NotHere);
    }
    let addr = (app.config.peer)(request.extensions());
    let session = LINK.read(request.headers()).ok_or(Refusal::NoSession)?.to_owned();
    let asked: Asked = body::read(request.into_body()).await.map_err(|_| Refusal::Malformed)?;
    let study = StudyUid::parse(&asked.study).map_err(|_| Refusal::NotHere)?;
    app.attempts.take(addr, (app.config.clock)()).map_err(Refusal::SlowDown)?;
    let opened = {
        let _turn = app.attempts.turn().await;
        app.links.professional(&session, &asked.pin, &study, addr).await?
    };
    app.attempts.give_back(addr);
    let url = format!("/viewer?StudyInstanceUIDs={}", study.as_str());
    let mut response = Json(json!({ "url": url })).into_response();
    READER.set(&mut response, &opened.token, opened.lasts_ms / 1000);
    Ok(response)
}
