//! `pacs-adapter serve`: the listeners of a running adapter and its lines to the hub, until it is told to stop.

use crate::{
    config::Config,
    control,
    images::{OwnImages, RegionImages},
    jobs,
    listener::Listener,
    membership,
    requester::Requester,
    services::{Find, Get, House, Houses, MoveTo, Services},
    uplink,
    wiring::{self, Adapter},
};
use access_control::{Feed, Object, decide};
use anyhow::{Context, Result, bail};
use audit_log::{Event, What};
use axum::{Json, Router, extract, http::StatusCode, routing::get};
use catalog::ChangeFeed;
use daemon::Parent;
use federation::{Region, State};
use imaging_domain::{AeTitle, Principal, SiteId};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::{Admission, DicomwebConfig, Limits};

/// How long open associations and requests may go on after the signal.
const DRAIN: Duration = Duration::from_secs(5);

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

/// Runs the adapter.
///
/// # Errors
/// When it has not joined, the folder is in use, or an address is taken.
pub async fn run(config: Config, parent: Parent) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let Some(lock) = wiring::lock(&config.dir)? else { bail!("another adapter runs in {}", config.dir.display()) };
    let site = member.site.clone();
    let adapter = wiring::assemble(&config, &site, lock)?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    adapter.audit.record(Event::new(What::Start, &Principal::Service("pacs-adapter"))).await?;
    let lan = TcpListener::bind(config.lan.listen).await;
    let lan = lan.with_context(|| format!("cannot listen on {}", config.lan.listen))?;
    let region = uplink::region(&config, &member)?;
    let dimse = Listener::bind(config.dimse.clone(), services(&config, &adapter, region.as_ref())).await?;
    let control = control::bind(&config.dir)?;
    let state = uplink::start(&config, member, &adapter, region, &tasks, &stop)?;
    let dicomweb = viewer_api::dicomweb_router(adapter.archive.clone(), DicomwebConfig::default());
    let status = status_route(site.clone(), config.dimse.ae_title.clone(), adapter.index.clone(), state);
    let router = Router::new().nest(federation::DICOMWEB_PATH, dicomweb).merge(status);
    let nobody = |_| async { Some(Admission::of(Principal::Anonymous)) };
    tasks.spawn(viewer_api::serve(lan, None, router, nobody, Limits::default(), stop.clone()));
    tasks.spawn(jobs::make_ready(adapter.archive.clone(), config.ahead.clone(), stop.clone()));
    tasks.spawn(dimse.run(stop.clone()));
    tasks.spawn(control::run(control, adapter.ingest.clone(), stop.clone()));
    info!(%site, dimse = %config.dimse.listen, lan = %config.lan.listen, "adapter is up");
    daemon::signal(parent).await;
    info!("adapter is going down");
    stop.cancel();
    tasks.close();
    let _ = tokio::time::timeout(DRAIN, tasks.wait()).await;
    adapter.audit.record(Event::new(What::Stop, &Principal::Service("pacs-adapter"))).await?;
    Ok(())
}

/// Every DIMSE service there is.
fn services(config: &Config, adapter: &Adapter, region: Option<&Arc<Region>>) -> Services {
    let images = Arc::new(OwnImages::of(adapter.archive.clone()));
    let hospital = House { title: config.dimse.ae_title.clone(), images };
    let region = region.zip(config.dimse.region_ae_title.clone()).map(|(region, title)| {
        let images = Arc::new(RegionImages::new(Arc::clone(region), adapter.audit.clone()));
        House { title, images }
    });
    let houses = Houses { hospital, region };
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    let moving = MoveTo::new(houses.clone(), config.peers.clone(), requester);
    Services::new(adapter.ingest.clone()).and(Find::new(houses.clone())).and(Get::new(houses)).and(moving)
}

fn status_route(site: SiteId, ae_title: AeTitle, feed: Arc<dyn ChangeFeed>, state: watch::Receiver<State>) -> Router {
    let watched = Arc::new(Watched { site, ae_title, feed, state });
    Router::new().route("/status", get(status)).with_state(watched)
}

/// What a status is made of.
struct Watched {
    site: SiteId,
    ae_title: AeTitle,
    feed: Arc<dyn ChangeFeed>,
    state: watch::Receiver<State>,
}

async fn status(extract::State(watched): extract::State<Arc<Watched>>) -> Result<Json<Status>, StatusCode> {
    let State { feed_connected, channel_connected, held } = *watched.state.borrow();
    let Watched { site, ae_title, feed, .. } = watched.as_ref();
    let permit = decide::<Feed>(&Principal::Service("status"), Object::Site(site));
    let permit = permit.map_err(|_| StatusCode::FORBIDDEN)?;
    let written = feed.last_number(&permit, site).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let (site, ae_title) = (site.clone(), ae_title.clone());
    Ok(Json(Status { site, ae_title, feed_connected, channel_connected, written, held }))
}
