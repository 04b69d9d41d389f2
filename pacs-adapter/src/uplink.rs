//! The adapter's side of the region: feed, channel, and the renewal of its certificate.

use crate::{config::Config, described, membership, thumbnails, wiring::Adapter};
use anyhow::Result;
use archive::Archive;
use axum::{Router, body::Body};
use daemon::now_ms;
use federation::{Dialler, Membership, Region, Uplink, renew, tls};
use imaging_domain::Principal;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{info, warn};

/// How often the certificate's age is looked at.
const LOOK: Duration = Duration::from_secs(3600);
/// A certificate is renewed when a third of its life is over.
const RENEW_AFTER_MS: i64 = federation::CERTIFICATE_DAYS as i64 * 86_400_000 / 3;

/// The lines to the hub, started.
pub struct Lines {
    /// `host:port` of the hub.
    pub hub: String,
    /// What dials them, and tells how they are.
    pub uplink: Arc<Uplink>,
    /// For what else the hub is asked.
    pub dialler: watch::Receiver<Dialler>,
}

/// Starts the lines to the hub and the renewal.
///
/// # Errors
/// When the certificate cannot be used.
pub fn start(
    config: &Config,
    member: Membership,
    adapter: &Adapter,
    region: Option<Arc<Region>>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Lines> {
    let (diallers, dialler) = watch::channel(dialler(config, &member)?);
    let uplink = Uplink::new(member.site.clone(), dialler.clone(), adapter.index.clone(), Arc::clone(&adapter.written));
    let uplink = Arc::new(uplink);
    let lines = Lines { hub: address(config, &member), uplink: Arc::clone(&uplink), dialler };
    let (feed, feed_stop) = (Arc::clone(&uplink), stop.clone());
    tasks.spawn(async move { feed.send_feed(&feed_stop).await });
    let service = answer_hub(&adapter.archive);
    let channel_stop = stop.clone();
    tasks.spawn(async move { uplink.serve_channel(service, &channel_stop).await });
    tasks.spawn(renew_forever(config.clone(), member, (diallers, region), stop.clone()));
    Ok(lines)
}

/// Dials the hub as this hospital.
///
/// # Errors
/// When the certificate cannot be used.
pub(crate) fn dialler(config: &Config, member: &Membership) -> Result<Dialler> {
    let address = if config.hub.is_empty() { &member.federation } else { &config.hub };
    Ok(Dialler::new(address.clone(), tls::mutual_client(&member.credentials)?))
}

/// The lines for asking the region, when the hospital's devices may ask it.
///
/// # Errors
/// When the certificate cannot be used.
pub(crate) fn region(config: &Config, member: &Membership) -> Result<Option<Arc<Region>>> {
    if config.dimse.region_ae_title.is_none() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Region::new(region_dialler(config, member)?))))
}

fn region_dialler(config: &Config, member: &Membership) -> Result<Dialler> {
    Ok(Dialler::new(address(config, member), tls::gate_client(&member.credentials)?))
}

async fn replace(config: &Config, renewed: &Membership, region: Option<&Region>) {
    let Some(region) = region else { return };
    match region_dialler(config, renewed) {
        Ok(dialler) => region.replace(dialler).await,
        Err(error) => warn!(%error, "renewed certificate cannot be used for the region"),
    }
}

/// What comes over the channel is the hub's: this end dialled it and checked its certificate.
fn answer_hub(
    archive: &Archive,
) -> impl Fn(
    hyper::Request<hyper::body::Incoming>,
) -> futures_util::future::BoxFuture<'static, Result<hyper::Response<Body>, Infallible>>
+ Clone
+ Send
+ 'static {
    let dicomweb = viewer_api::dicomweb_router(archive.clone(), viewer_api::DicomwebConfig::default());
    let router = Router::new()
        .nest(federation::DICOMWEB_PATH, dicomweb)
        .nest(federation::DESCRIBED_PATH, described::router(archive.clone()))
        .nest(federation::thumbnails::THUMBNAILS_PATH, thumbnails::router(archive.clone()));
    move |mut request| {
        request.extensions_mut().insert(Principal::Hub);
        let answer = router.clone().oneshot(request.map(Body::new));
        Box::pin(answer)
    }
}

async fn renew_forever(
    config: Config,
    mut member: Membership,
    (diallers, region): (watch::Sender<Dialler>, Option<Arc<Region>>),
    stop: CancellationToken,
) {
    let mut since_ms = issued_ms(&member);
    loop {
        if now_ms() - since_ms >= RENEW_AFTER_MS {
            match renew(&Membership { federation: address(&config, &member), ..member.clone() }).await {
                Ok(renewed) => {
                    let kept = membership::save(&config.dir, &renewed);
                    match kept.and_then(|()| dialler(&config, &renewed)) {
                        Ok(dialler) => {
                            diallers.send_replace(dialler);
                            replace(&config, &renewed, region.as_deref()).await;
                            info!("certificate renewed");
                            (member, since_ms) = (renewed, now_ms());
                        }
                        Err(error) => warn!(%error, "renewed certificate cannot be used"),
                    }
                }
                Err(error) => warn!(%error, "certificate could not be renewed; it is tried again in an hour"),
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return;
        }
    }
}

fn address(config: &Config, member: &Membership) -> String {
    if config.hub.is_empty() { member.federation.clone() } else { config.hub.clone() }
}

/// When the certificate began; now when it cannot be read.
fn issued_ms(member: &Membership) -> i64 {
    federation::issued_ms(&member.credentials.chain_pem).unwrap_or_else(|_| now_ms())
}
