//! Whose session a proof is, for everything behind it.

use super::{App, guard, proof::Proof, refusal::Refusal};
use crate::pages::origin;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use imaging_domain::Principal;
use study_links::{Door, Holder};

/// A middleware of the images of a link's own page: only its holder comes through, and what is on its way when the link
/// ends breaks off.
pub(super) async fn identify_on_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let proof = Proof::images(request.headers());
    let holder = match holder(&app, proof.as_ref()).await {
        Ok(holder) => holder,
        Err(refusal) => return refusal.into_response(),
    };
    passed(&app, proof, Some(holder), request, next).await
}

/// A middleware of the full viewer: its holder sees one study. Without a session the files are shown to nobody in
/// particular, who sees nothing.
pub(super) async fn identify_in_viewer(State(app): State<App>, request: Request, next: Next) -> Response {
    let proof = Proof::viewer(request.headers());
    let holder = match holder(&app, proof.as_ref()).await {
        Ok(holder) => Some(holder),
        Err(Refusal::NoSession | Refusal::NotValid) => None,
        Err(refusal) => return refusal.into_response(),
    };
    passed(&app, proof, holder, request, next).await
}

async fn passed(app: &App, proof: Option<Proof>, holder: Option<Holder>, mut request: Request, next: Next) -> Response {
    // a token that no browser sends by itself is nobody else's request
    let is_shown = proof.as_ref().is_some_and(|proof| proof.door == Door::Reader);
    let readable = is_shown || request.method().is_safe() || !origin::is_foreign(&request);
    if is_shown {
        // it is read; the routes behind would take it for an identity provider's
        request.headers_mut().remove(header::AUTHORIZATION);
    }
    let who = holder.filter(|_| readable).map_or(Principal::Anonymous, |holder| holder.principal);
    request.extensions_mut().insert(who);
    let mut response = next.run(request).await;
    // on a telephone that others may have in their hands nothing of it stays
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    match proof {
        Some(proof) => guard::until_it_ends(response, app.links.clone(), proof.token),
        None => response,
    }
}

/// The holder of a session, at the door that it is for.
async fn holder(app: &App, proof: Option<&Proof>) -> Result<Holder, Refusal> {
    let proof = proof.ok_or(Refusal::NoSession)?;
    match app.links.session(&proof.token).await? {
        Some(holder) if holder.door == proof.door => Ok(holder),
        // a standard reader's token is worth nothing, whatever the cause; the page has a sentence for the link's end
        None if proof.door != Door::Reader && app.links.has_ended(&proof.token).await? => Err(Refusal::NotValid),
        _ => Err(Refusal::NoSession),
    }
}

/// The holder of a link's own page, for its handlers.
pub(super) struct Known(pub(super) Holder);

impl FromRequestParts<App> for Known {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        holder(app, Proof::page(&parts.headers).as_ref()).await.map(Self)
    }
}

/// `GET /s/api/alive`: 204 as long as the session and its link last.
pub(super) async fn alive(_: Known) -> StatusCode {
    StatusCode::NO_CONTENT
}
