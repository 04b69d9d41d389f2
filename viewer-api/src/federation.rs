//! The hub's doors for hospitals: the change feed, the retrieve channel, enrolment and renewal.
//!
//! Who asks comes from the certificate alone; [`admit`] makes it the principal of every request of the connection.

use crate::{
    admission::{Admission, Line, Peer},
    error::Error,
};
use audit_log::{AuditLog, Event, Outcome, What};
use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use catalog::Registry;
use federation::{
    Application, Channels, ENROL_PATH, Enrolled, Enrolment, FEED_PATH, Identity, Intake, RENEW_PATH, channel, sync,
};
use imaging_domain::{Invalid, Principal};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often a connected site is looked up among the revoked.
pub const LOOK: Duration = Duration::from_secs(2);
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

/// Lets a peer in by its certificate alone, as long as its site is not revoked; a connection whose site is revoked later is
/// cut within [`LOOK`]. For the listener whose acceptor has checked signature and dates.
pub async fn admit(registry: Arc<dyn Registry>, audit: AuditLog, peer: Peer) -> Option<Admission> {
    let shown = peer.certificates.first().map(|certificate| federation::Peer::of_certificate(certificate));
    let known = match shown {
        Some(Ok(known)) if valid(registry.as_ref(), &known).await => known,
        other => {
            let who = other.and_then(Result::ok).map_or(Principal::Anonymous, |known| known.identity.principal());
            let refused = Event::new(What::Refused, &who).outcome(Outcome::Denied);
            if let Err(error) = audit.record(refused).await {
                warn!(%error, "refusal could not be written down");
            }
            return None;
        }
    };
    let admission = Admission::of(known.identity.principal());
    // ends with the connection, whose last `Line` cancels the same token
    tokio::spawn(watch(registry, known, admission.cut.clone()));
    Some(admission)
}

async fn valid(registry: &dyn Registry, known: &federation::Peer) -> bool {
    match &known.identity {
        Identity::Site(site) | Identity::SiteMachine { site, .. } => {
            registry.is_valid(site, &known.fingerprint).await.unwrap_or(false)
        }
        Identity::Machine(_) | Identity::Gate(_) => true,
    }
}

async fn watch(registry: Arc<dyn Registry>, known: federation::Peer, cut: CancellationToken) {
    while cut.run_until_cancelled(sleep(LOOK)).await.is_some() {
        if !valid(registry.as_ref(), &known).await {
            info!(peer = %known.identity, "connection of a revoked site is cut");
            cut.cancel();
        }
    }
}

async fn changes(
    State(federation): State<Federation>,
    Extension(who): Extension<Principal>,
    Json(batch): Json<sync::Batch>,
) -> Result<Json<sync::Held>, Error> {
    Ok(Json(federation.intake.accept(&who, batch).await?))
}

async fn open_channel(
    State(federation): State<Federation>,
    Extension(who): Extension<Principal>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Result<Response, Error> {
    let asked = request.headers().get(header::UPGRADE).and_then(|value| value.to_str().ok());
    let Principal::Site(site) = who else { return Err(federation::Error::Refused.into()) };
    if asked != Some(channel::PROTOCOL) {
        return Err(Invalid::new("upgrade", "it is not the channel's protocol").into());
    }
    let upgrade = hyper::upgrade::on(request);
    // owned by the connection: it ends when the channel breaks or is cut, and the channel ends with the connection
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        info!(%site, "hospital opened its channel");
        match line.hold(federation.channels.run(&site, upgraded)).await {
            Some(Ok(())) => info!(%site, "channel ended"),
            Some(Err(error)) => warn!(%site, %error, "channel broke"),
            None => info!(%site, "channel of a revoked hospital is cut"),
        }
    });
    let head = [(header::CONNECTION, "upgrade"), (header::UPGRADE, channel::PROTOCOL)];
    Ok((StatusCode::SWITCHING_PROTOCOLS, head).into_response())
}

async fn renew(
    State(federation): State<Federation>,
    Extension(who): Extension<Principal>,
    Json(application): Json<Application>,
) -> Result<Json<Enrolled>, Error> {
    Ok(Json(federation.enrolment.renew(&who, &application).await?))
}

async fn enrol(
    State(enrolment): State<Enrolment>,
    Json(application): Json<Application>,
) -> Result<Json<Enrolled>, Error> {
    Ok(Json(enrolment.enrol(&application).await?))
}
