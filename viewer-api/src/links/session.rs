//! Whose session a cookie is, for everything behind it.

use super::{
    App,
    cookie::{Cookie, LINK, READER},
    guard,
    refusal::Refusal,
};
use crate::pages::origin;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use imaging_domain::Principal;
use study_links::Holder;

/// A middleware of the images of a link's own page: only its holder comes through, and what is on its way when the link
/// ends breaks off.
pub(super) async fn identify_on_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let holder = match holder(&app, request.headers(), LINK).await {
        Ok(holder) => holder,
        Err(refusal) => return refusal.into_response(),
    };
    passed(&app, LINK, Some(holder), request, next).await
}

/// A middleware of the full viewer: its holder sees one study. Without a session the files are shown to nobody in
/// particular, who sees nothing.
pub(super) async fn identify_in_viewer(State(app): State<App>, request: Request, next: Next) -> Response {
    let holder = match holder(&app, request.headers(), READER).await {
        Ok(holder) => Some(holder),
        Err(Refusal::NoSession | Refusal::NotValid) => None,
        Err(refusal) => return refusal.into_response(),
    };
    passed(&app, READER, holder, request, next).await
}

async fn passed(app: &App, cookie: Cookie, holder: Option<Holder>, mut request: Request, next: Next) -> Response {
    let token = cookie.read(request.headers()).map(str::to_owned);
    let readable = request.method().is_safe() || !origin::is_foreign(&request);
    let who = holder.filter(|_| readable).map_or(Principal::Anonymous, |holder| holder.principal);
    request.extensions_mut().insert(who);
    let mut response = next.run(request).await;
    // on a telephone that others may have in their hands nothing of it stays
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    match token {
        Some(token) => guard::until_it_ends(response, app.links.clone(), token),
        None => response,
    }
}

/// The holder of a session; a session that the cookie names and that is no more is another thing than none.
async fn holder(app: &App, headers: &HeaderMap, cookie: Cookie) -> Result<Holder, Refusal> {
    let token = cookie.read(headers).ok_or(Refusal::NoSession)?;
    let holder = app.links.session(token).await?.ok_or(Refusal::NoSession)?;
    // each cookie is for its own door
    let is_own = (cookie == READER) == holder.study.is_some();
    if is_own { Ok(holder) } else { Err(Refusal::NoSession) }
}

/// The holder of a link's own page, for its handlers.
pub(super) struct Known(pub(super) Holder);

impl FromRequestParts<App> for Known {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        holder(app, &parts.headers, LINK).await.map(Self)
    }
}

/// `GET /s/api/alive`: 204 as long as the session and its link last.
pub(super) async fn alive(_: Known) -> StatusCode {
    StatusCode::NO_CONTENT
}
