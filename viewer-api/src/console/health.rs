//! `/healthz`, `/readyz`, `/metrics` and `/status`: for whoever watches the daemon, without a sign-in and without patients.

use super::{Console, Report};
use crate::{admission::PeerAddr, error::Error, metrics::Recorder};
use ::metrics::gauge;
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use imaging_domain::{AeTitle, Principal, SiteId};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Who looks when a scraper or a supervisor does.
const WATCHER: Principal = Principal::Service("metrics");

/// What `/status` says: enough to watch the daemon, nothing about patients.
#[derive(Serialize)]
struct Status {
    site: SiteId,
    ae_title: AeTitle,
    feed_connected: bool,
    channel_connected: bool,
    /// Lines of the change feed written, and those the hub said it holds.
    written: u64,
    held: u64,
}

#[derive(Clone)]
struct App {
    console: Arc<dyn Console>,
    recorder: Recorder,
    /// Destinations of copies of which something was told: a gauge keeps its value until it gets another.
    destinations: Arc<Mutex<BTreeSet<String>>>,
}

/// The routes for whoever watches an adapter. `/metrics` answers loopback and the addresses of `scrapers`.
pub fn router(console: Arc<dyn Console>, recorder: Recorder, scrapers: Vec<IpAddr>) -> Router {
    let scrapers: Arc<[IpAddr]> = scrapers.into();
    let near = move |request, next| near(Arc::clone(&scrapers), request, next);
    Router::new()
        .route("/metrics", get(metrics).layer(middleware::from_fn(near)))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/status", get(status))
        .with_state(App { console, recorder, destinations: Arc::default() })
}

/// Refuses who is neither on this machine nor named.
async fn near(scrapers: Arc<[IpAddr]>, request: Request, next: Next) -> Response {
    let from = request.extensions().get::<PeerAddr>().map(|peer| peer.0.ip().to_canonical());
    match from {
        Some(from) if from.is_loopback() || scrapers.contains(&from) => next.run(request).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the index answers and something more is taken in.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.console.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn status(State(app): State<App>) -> Result<Json<Status>, Error> {
    let Report { site, ae_title, hub, backlog, .. } = report(&app).await?;
    Ok(Json(Status {
        site,
        ae_title,
        feed_connected: hub.feed_connected,
        channel_connected: hub.channel_connected,
        written: backlog.written,
        held: backlog.held,
    }))
}

async fn report(app: &App) -> Result<Report, Error> {
    Ok(app.console.report(&WATCHER).await?)
}

async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Error> {
    let report = report(&app).await?;
    let truth = |is: bool| f64::from(u8::from(is));
    gauge!("adapter_feed_connected").set(truth(report.hub.feed_connected));
    gauge!("adapter_channel_connected").set(truth(report.hub.channel_connected));
    gauge!("adapter_backlog_lines").set(report.backlog.lines() as f64);
    let age_ms = report.backlog.oldest_ms.map_or(0, |oldest_ms| report.now_ms.saturating_sub(oldest_ms));
    gauge!("adapter_backlog_age_seconds").set(age_ms as f64 / 1000.0);
    forwarding(&app, &report);
    let unreported: u64 = report.unreported.iter().map(|line| line.waiting + line.given_up).sum();
    gauge!("adapter_unreported_commitments").set(unreported as f64);
    gauge!("adapter_held_studies").set(report.held.len() as f64);
    gauge!("adapter_studies").set(report.holdings.studies as f64);
    gauge!("adapter_instances").set(report.holdings.instances as f64);
    gauge!("adapter_conflicts").set(report.holdings.conflicts as f64);
    gauge!("adapter_quarantined").set(report.holdings.quarantined as f64);
    gauge!("adapter_images_bytes").set(report.disk.images_bytes as f64);
    gauge!("adapter_disk_free_bytes").set(report.disk.free_bytes as f64);
    gauge!("adapter_disk_reserve_bytes").set(report.disk.reserve_bytes as f64);
    gauge!("adapter_disk_quota_bytes").set(report.disk.quota_bytes as f64);
    gauge!("adapter_accepting").set(truth(report.disk.is_accepting));
    if let Some(crawl) = &report.crawl {
        gauge!("adapter_crawl_waiting_studies").set(crawl.waiting as f64);
        gauge!("adapter_crawl_given_up_studies").set(crawl.given_up as f64);
    }
    gauge!("adapter_strangers").set(report.strangers.len() as f64);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.recorder.render()))
}

/// What waits for each destination, nothing for those that got all of it.
fn forwarding(app: &App, report: &Report) {
    let mut destinations = app.destinations.lock().unwrap_or_else(PoisonError::into_inner);
    destinations.extend(report.routes.iter().map(|route| route.ae_title.to_string()));
    for destination in destinations.iter() {
        let route = report.routes.iter().find(|route| route.ae_title.as_str() == destination);
        let labels = [("destination", destination.clone())];
        gauge!("adapter_forwarding_waiting", &labels).set(route.map_or(0.0, |route| route.waiting as f64));
        gauge!("adapter_forwarding_failed", &labels).set(route.map_or(0.0, |route| route.failed as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    #[tokio::test]
    async fn metrics_are_for_this_machine_and_those_who_are_named() {
        let scrapers: Arc<[IpAddr]> = Arc::new([IpAddr::from([10, 1, 2, 9])]);
        let guard = middleware::from_fn(move |request, next| near(Arc::clone(&scrapers), request, next));
        let router = Router::new().route("/metrics", get(async || "numbers")).layer(guard);
        for (from, status) in [
            ("127.0.0.1:5", 200),
            ("[::1]:5", 200),
            ("[::ffff:127.0.0.1]:5", 200),
            ("10.1.2.9:5", 200),
            ("[::ffff:10.1.2.9]:5", 200),
            ("10.1.2.3:5", 404),
            ("[2001:db8::1]:5", 404),
        ] {
            let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
            request.extensions_mut().insert(PeerAddr(from.parse().unwrap()));
            assert_eq!(router.clone().oneshot(request).await.unwrap().status().as_u16(), status, "{from}");
        }
        let nobody = Request::get("/metrics").body(Body::empty()).unwrap();
        assert_eq!(router.oneshot(nobody).await.unwrap().status().as_u16(), 404);
    }
}
