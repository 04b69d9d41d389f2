//! `POST /api/sign-in` and `POST /api/sign-out`.

use super::{App, body, refusal::Refusal, session};
use crate::cookie::SESSION;
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::{ErrorKind, Principal};
use serde::Deserialize;

/// What somebody types. No `Debug`: it holds a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: String,
}

/// Opens a session and sets its cookie; answers as `/api/me`.
pub(super) async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request)?;
    let addr = (app.config.peer)(request.extensions());
    let typed: Credentials = body::read(request.into_body()).await?;
    // Before the password is looked at, or as many could be tried at once as there are connections.
    app.budget.take(addr, (app.config.clock)()).map_err(Refusal::TooManyFailures)?;
    let checked = {
        let _turn = app.checks.acquire().await;
        app.cases.sign_in(&typed.name, &typed.password).await
    };
    let signed_in = match checked {
        Ok(signed_in) => signed_in,
        Err(error) if is_refusal(error.kind()) => return Err(Refusal::WrongNameOrPassword),
        Err(error) => return Err(error.into()),
    };
    let Principal::User { name, role } = &signed_in.principal else { return Err(Refusal::WrongNameOrPassword) };
    app.budget.give_back(addr);
    let max_age_s = signed_in.expires_ms.saturating_sub((app.config.clock)()).max(0) / 1000;
    let answer = Json(session::described(name, *role, &app.config));
    with_cookie(answer.into_response(), &SESSION.text(&signed_in.token, max_age_s))
}

/// Ends the session and takes the cookie away, whether there was a session or not. Thumbnails that the browser keeps go
/// as well, because workstations are shared.
pub(super) async fn sign_out(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request)?;
    if let Some(token) = SESSION.read(request.headers()) {
        app.cases.sign_out(token).await?;
    }
    let mut response = with_cookie(StatusCode::NO_CONTENT.into_response(), &SESSION.text("", 0))?;
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// Everything about the name or the password is one answer, or names could be found out.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Invalid)
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, Refusal> {
    // A token that fits into no header would be a fault of ours; no session is better than a broken one.
    let value = HeaderValue::from_str(cookie).map_err(|_| Refusal::Malformed)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}
