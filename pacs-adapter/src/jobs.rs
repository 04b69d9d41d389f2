//! What the adapter does by itself.

use crate::{config::Config, import::watch::watch, notes::Notes, wiring::Adapter};
use archive::{AheadConfig, Archive};
use blob_store::Disk;
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

/// How often is looked for series to make ready.
const LOOK: Duration = Duration::from_secs(1);
/// How often notes are written.
const WRITE: Duration = Duration::from_secs(1);

/// How often the cache is swept.
const SWEEP: Duration = Duration::from_secs(5);

/// Starts every job; they end with `stop`.
pub fn start(config: &Config, adapter: &Adapter, tasks: &TaskTracker, stop: &CancellationToken) {
    tasks.spawn(make_ready(adapter.archive.clone(), config.ahead.clone(), stop.clone()));
    tasks.spawn(write_notes(Arc::clone(&adapter.notes), stop.clone()));
    if let Some(cache) = &adapter.cache {
        tasks.spawn(sweep(Arc::clone(cache), config.cache_bytes, stop.clone()));
    }
    tasks.spawn(watch(config.watch.clone(), config.dir.clone(), adapter.sink.clone(), stop.clone()));
}

/// Keeps the cache as small as it should be until it is told to stop.
async fn sweep(cache: Arc<Disk>, max_bytes: u64, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
        cache.evict_to(max_bytes).await;
    }
}

/// Makes the headers of quiet series ready until it is told to stop.
async fn make_ready(archive: Archive, config: AheadConfig, stop: CancellationToken) {
    if config.series_at_once == 0 {
        return;
    }
    while let Some(round) = stop.run_until_cancelled(archive.make_ready(&config, None)).await {
        let more =
            round.inspect_err(|error| warn!(%error, "series cannot be made ready")).is_ok_and(|round| round.more);
        if !more && stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return;
        }
    }
}

/// Writes notes now and then, and when it is told to stop.
async fn write_notes(notes: Arc<Notes>, stop: CancellationToken) {
    loop {
        let stopped = stop.run_until_cancelled(tokio::time::sleep(WRITE)).await.is_none();
        notes.write().await;
        if stopped {
            return;
        }
    }
}
