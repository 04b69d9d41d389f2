//! The hub's doors for hospitals: the change feed, the retrieve channel, enrolment and renewal.
//!
//! Who asks comes from the certificate alone; [`admit`] turns it into a principal and refuses what was revoked.

use crate::error::Refusal;
use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use federation::{Application, Channels, ENROL_PATH, Enrolled, Enrolment, FEED_PATH, Identity, Intake, Peer, RENEW_PATH};
use federation::{channel, sync};
use imaging_domain::{ErrorKind, Principal};
use tracing::{info, warn};

/// The most bytes of one batch of the feed.
const MAX_BATCH_BYTES: usize = 64 << 20;
/// The most bytes of an application for a certificate.
const MAX_APPLICATION_BYTES: usize = 16 << 10;

/// What the doors for hospitals lead to. Cheap to clone.
#[derive(Clone)]
pub struct Federation {
    /// The hub's end of the feed.
    pub intake: Intake,
    /// The hub's ends of the channels.
    pub channels: Channels,
    /// Who becomes a site.
    pub enrolment: Enrolment,
}

/// Routes of the listener that demands certificates.
pub fn federation_router(federation: Federation) -> Router {
    Router::new()
        .route(FEED_PATH, post(changes).layer(DefaultBodyLimit::max(MAX_BATCH_BYTES)))
        .route(channel::PATH, get(open_channel))
        .route(RENEW_PATH, post(renew).layer(DefaultBodyLimit::max(MAX_APPLICATION_BYTES)))
        .with_state(federation)
}

/// The one route of the web listener for hospitals that have no certificate yet.
pub fn enrolment_router(enrolment: Enrolment) -> Router {
    let limit = DefaultBodyLimit::max(MAX_APPLICATION_BYTES);
    Router::new().route(ENROL_PATH, post(enrol).layer(limit)).with_state(enrolment)
}

/// Middleware of the listener that demands certificates: the certificate's identity, as long as its site is not revoked,
/// becomes the request's principal.
pub async fn admit(State(federation): State<Federation>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        return Refusal::of(ErrorKind::Forbidden, &Principal::Anonymous).into_response();
    };
    if let Identity::Site(site) = &peer.identity {
        match federation.enrolment.registry.is_valid(site, &peer.fingerprint).await {
            Ok(true) => {}
            Ok(false) => {
                warn!(%site, "a certificate that is no longer valid was refused");
                return Refusal::of(ErrorKind::Forbidden, &peer.identity.principal()).into_response();
            }
            Err(error) => return Refusal::of(error.kind(), &peer.identity.principal()).into_response(),
        }
    }
    request.extensions_mut().insert(peer.identity.principal());
    next.run(request).await
}

async fn changes(
    State(federation): State<Federation>,
    Extension(who): Extension<Principal>,
    Json(batch): Json<sync::Batch>,
) -> Result<Json<sync::Held>, Refusal> {
    federation.intake.accept(&who, batch).await.map(Json).map_err(|error| refused(&error, &who))
}

async fn open_channel(
    State(federation): State<Federation>,
    Extension(who): Extension<Principal>,
    request: Request,
) -> Result<Response, Refusal> {
    let asked = request.headers().get(header::UPGRADE).and_then(|value| value.to_str().ok());
    let Principal::Site(site) = who.clone() else { return Err(Refusal::of(ErrorKind::Forbidden, &who)) };
    if asked != Some(channel::PROTOCOL) {
        return Err(Refusal::of(ErrorKind::Invalid, &who));
    }
    let upgrade = hyper::upgrade::on(request);
    // owned by the connection: it ends when the channel breaks, and the channel ends with the connection
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        info!(%site, "hospital opened its channel");
        match federation.channels.run(&site, upgraded).await {
            Ok(()) => info!(%site, "channel ended"),
            Err(error) => warn!(%site, %error, "channel broke"),
        }
    });
    let head = [(header::CONNECTION, "upgrade"), (header::UPGRADE, channel::PROTOCOL)];
    Ok((StatusCode::SWITCHING_PROTOCOLS, head).into_response())
}

async fn renew(
    State(federation): State<Federation>,
    Extension(peer): Extension<Peer>,
    Json(application): Json<Application>,
) -> Result<Json<Enrolled>, Refusal> {
    let renewed = federation.enrolment.renew(&peer, &application).await;
    renewed.map(Json).map_err(|error| refused(&error, &peer.identity.principal()))
}

async fn enrol(
    State(enrolment): State<Enrolment>,
    Json(application): Json<Application>,
) -> Result<Json<Enrolled>, Refusal> {
    // whoever has a certificate that is refused is known, but not allowed: the same answer for every wrong code
    enrolment.enrol(&application).await.map(Json).map_err(|error| refused(&error, &Principal::Service("enrolment")))
}

fn refused(error: &federation::Error, who: &Principal) -> Refusal {
    warn!(%error, cause = ?std::error::Error::source(error), "a hospital's request failed");
    Refusal::of(error.kind(), who)
}
