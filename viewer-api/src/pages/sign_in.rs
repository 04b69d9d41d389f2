//! `POST /api/sign-in` and `POST /api/sign-out`.

use super::{body, entrance::Entrance, refusal::Refusal, session};
use crate::admission::Transport;
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
pub(super) async fn sign_in(State(entrance): State<Entrance>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request)?;
    let transport = transport(&request);
    let addr = (entrance.config.peer)(request.extensions());
    let typed: Credentials = body::read(request.into_body()).await?;
    // Before the password is looked at, or as many could be tried at once as there are connections.
    entrance.budget.take(addr, (entrance.config.clock)()).map_err(Refusal::TooManyFailures)?;
    let checked = {
        let _turn = entrance.checks.acquire().await;
        entrance.people.sign_in(&typed.name, &typed.password).await
    };
    let signed_in = match checked {
        Ok(signed_in) => signed_in,
        Err(error) if is_refusal(error.kind()) => return Err(Refusal::WrongNameOrPassword),
        Err(error) => return Err(error.into()),
    };
    let Principal::User { name, role } = &signed_in.principal else { return Err(Refusal::WrongNameOrPassword) };
    entrance.budget.give_back(addr);
    let max_age_s = signed_in.expires_ms.saturating_sub((entrance.config.clock)()).max(0) / 1000;
    let answer = Json(session::described(name, *role, &entrance.config));
    with_cookie(answer.into_response(), &entrance.cookie.text(&signed_in.token, max_age_s, transport))
}

/// Ends the session and takes the cookie away, whether there was a session or not. Thumbnails that the browser keeps go
/// as well, because workstations are shared.
pub(super) async fn sign_out(State(entrance): State<Entrance>, request: Request) -> Result<Response, Refusal> {
    body::refuse_foreign(&request)?;
    if let Some(token) = entrance.cookie.read(request.headers()) {
        entrance.people.sign_out(token).await?;
    }
    let mut response =
        with_cookie(StatusCode::NO_CONTENT.into_response(), &entrance.cookie.text("", 0, transport(&request)))?;
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// Everything about the name or the password is one answer, or names could be found out.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Invalid)
}

/// How a request came; over TLS where nobody says, because then a cookie is kept the stricter way.
fn transport(request: &Request) -> Transport {
    request.extensions().get().copied().unwrap_or(Transport::Tls)
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, Refusal> {
    // A token that fits into no header would be a fault of ours; no session is better than a broken one.
    let value = HeaderValue::from_str(cookie).map_err(|_| Refusal::Malformed)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}
