//! The public listener in a process of its own: what it answers itself, what it passes on to the hub, and the hub's end of it.
//!
//! A gate has the page's files and nothing else of ours. Every other request is made anew ([`remade`]) and sent to the hub by
//! the certificate of a gate, for which the hub has the routes of study links alone ([`by_certificate`]). Whose a request is
//! the hub finds out as at its own public listener, from the session in it; the gate knows no secret.

mod door;
mod forwarded;
mod remade;

pub use door::by_certificate;

use crate::{
    admission::PeerAddr,
    links::{self, Refusal},
};
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, Version, header},
    response::{IntoResponse, Response},
};
use federation::Lines;
use forwarded::Forwarded;
use std::sync::Arc;

/// Everything a gate answers; what is not the page's files goes over the lines.
pub fn router(lines: Arc<Lines<Body>>) -> Router {
    let on = Router::new().fallback(pass).with_state(lines);
    links::page_routes().fallback_service(on)
}

async fn pass(State(lines): State<Arc<Lines<Body>>>, request: Request) -> Response {
    let may_be_unread = request.version() < Version::HTTP_2 && !request.body().is_end_stream();
    let answer = answered(&lines, request).await;
    let mut answer = answer.unwrap_or_else(|refusal| links::dressed(refusal.into_response()));
    if may_be_unread && !answer.status().is_success() {
        // what is left of the body would be taken for the next request, so there is none (RFC 9112 9.6)
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

async fn answered(lines: &Lines<Body>, request: Request) -> Result<Response, Refusal> {
    let from = request.extensions().get::<PeerAddr>().map(|peer| peer.0);
    let told = from.and_then(|addr| Forwarded::of(addr, &request)).ok_or(Refusal::Malformed)?;
    let sent = lines.send(remade::request(request, &told)?).await;
    let (answer, turn) = sent.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "the hub does not answer");
        Refusal::Unavailable
    })?;
    Ok(remade::answer(answer, turn))
}
