//! What the hub does by itself, one line for each job.

use crate::wiring::Hub;
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the cache is swept.
const SWEEP: Duration = Duration::from_secs(60);

/// Starts every job; they end with `stop`.
pub fn start(hub: &Arc<Hub>, max_cache_bytes: u64, tasks: &TaskTracker, stop: &CancellationToken) {
    let (hub, stop) = (Arc::clone(hub), stop.clone());
    tasks.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
            hub.cache.evict_to(max_cache_bytes).await;
        }
    });
}
