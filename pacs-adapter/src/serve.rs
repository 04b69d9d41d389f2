//! `pacs-adapter serve`: the listeners of a running adapter and its lines to the hub, until it is told to stop.

use crate::{config::Config, control, jobs, lan, listener::Listener, membership, services::Services, uplink, wiring};
use access_control::{Feed, Object, decide};
use anyhow::{Context, Result, bail};
use audit_log::{Event, What};
use axum::{Json, Router, extract, http::StatusCode, routing::get};
use catalog::ChangeFeed;
use daemon::Parent;
use federation::State;
use imaging_domain::{AeTitle, Principal, SiteId};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;

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
    let door = lan::bind(&config.lan).await?;
    let dimse = Listener::bind(config.dimse.clone(), Services::new(adapter.ingest.clone())).await?;
    let control = control::bind(&config.dir)?;
    let state = uplink::start(&config, member, &adapter, &tasks, &stop)?;
    let known = lan::dicomweb(&config, &site, &adapter);
    let status = status_route(site.clone(), config.dimse.ae_title.clone(), adapter.index.clone(), state);
    lan::open((door, &config), (status, known), &adapter, &tasks, &stop)?;
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
