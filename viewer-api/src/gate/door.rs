//! The hub's end: at one listener, by certificate, the routes of members or those of study links.

use super::forwarded::Forwarded;
use crate::{
    admission::PeerAddr,
    links::{self, Refusal},
};
use axum::{
    Router,
    extract::Request,
    http::header,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use imaging_domain::Principal;
use tower::ServiceExt;

/// `members` for every certificate but a gate's; a gate gets to `public` alone, with its word about where a request came from.
/// Nobody else's word about that is heard.
pub fn by_certificate(members: Router, public: Router) -> Router {
    let public = public.layer(middleware::from_fn(believed));
    Router::new().fallback(move |request: Request| {
        let is_gate = matches!(request.extensions().get::<Principal>(), Some(Principal::Gate(_)));
        let door = if is_gate { public.clone() } else { members.clone() };
        door.oneshot(request)
    })
}

/// A middleware: the request becomes the one that somebody sent to the gate, and nobody's until its session is read.
async fn believed(mut request: Request, next: Next) -> Response {
    let Some(Forwarded { addr, host }) = Forwarded::read(request.headers()) else {
        return links::dressed(Refusal::Malformed.into_response());
    };
    let mut uri = request.uri().clone().into_parts();
    uri.scheme = Some(axum::http::uri::Scheme::HTTPS);
    uri.authority = Some(host);
    let Ok(uri) = uri.try_into() else { return links::dressed(Refusal::Malformed.into_response()) };
    *request.uri_mut() = uri;
    request.headers_mut().remove(header::HOST);
    request.headers_mut().remove(header::FORWARDED);
    request.extensions_mut().insert(PeerAddr(addr));
    request.extensions_mut().insert(Principal::Anonymous);
    next.run(request).await
}
