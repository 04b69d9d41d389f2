//! What the hub does by itself, one line for each job.

use crate::{config::Config, wiring::Hub};
use archive::{AheadConfig, Thumbnails};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

/// How often the cache is swept.
const SWEEP: Duration = Duration::from_secs(60);
/// How often is looked for series to make ready.
const LOOK: Duration = Duration::from_secs(1);

/// How often is looked for links and steps of work that ended long ago.
const FORGET: Duration = Duration::from_secs(3600);

/// Starts every job; they end with `stop`.
pub fn start(hub: &Arc<Hub>, config: &Config, tasks: &TaskTracker, stop: &CancellationToken) {
    // a quarter more than is needed, so that there is room until the next look
    let free_bytes = config.cache.reserve_bytes.saturating_add(config.cache.reserve_bytes / 4);
    tasks.spawn(sweep(Arc::clone(hub), (config.cache.max_bytes, free_bytes), stop.clone()));
    tasks.spawn(forget_links(Arc::clone(hub), config.links.keep_ended_days, stop.clone()));
    tasks.spawn(forget_work(Arc::clone(hub), config.worklist.keep_ended_days, stop.clone()));
    if config.ahead.series_at_once > 0 {
        tasks.spawn(make_ready(Arc::clone(hub), config.ahead.clone(), stop.clone()));
    }
}

async fn sweep(hub: Arc<Hub>, (max_cache_bytes, free_bytes): (u64, u64), stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
        hub.cache.evict_to(max_cache_bytes, free_bytes).await;
    }
}

async fn forget_links(hub: Arc<Hub>, after_days: u32, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(FORGET)).await.is_some() {
        if let Err(error) = hub.links.forget(after_days).await {
            warn!(%error, "links that ended cannot be forgotten");
        }
    }
}

async fn forget_work(hub: Arc<Hub>, after_days: u32, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(FORGET)).await.is_some() {
        if let Err(error) = hub.worklist.forget(after_days).await {
            warn!(%error, "steps of work that ended cannot be forgotten");
        }
    }
}

async fn make_ready(hub: Arc<Hub>, config: AheadConfig, stop: CancellationToken) {
    let thumbnail = viewer_api::default_thumbnail();
    while let Some(round) = stop
        .run_until_cancelled(hub.archive.make_ready(&config, Thumbnails::OfSeries(&thumbnail), hub.intake.arrivals()))
        .await
    {
        let more =
            round.inspect_err(|error| warn!(%error, "series cannot be made ready")).is_ok_and(|round| round.more);
        if !more && stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return;
        }
    }
}
