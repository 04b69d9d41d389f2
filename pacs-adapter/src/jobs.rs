//! What the adapter does by itself.

use crate::{
    config::Config,
    holding::Holding,
    import::watch::{WATCH_NAME, watch},
    notes::Notes,
    wiring::Adapter,
};
use access_control::{Object, Store, decide};
use archive::{AheadConfig, Archive, Thumbnails};
use blob_store::Disk;
use catalog::{CacheChange, Elsewhere, Sqlite};
use imaging_domain::{Digest, Principal, SiteId};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
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
    let archive = (adapter.archive.clone(), Arc::clone(&adapter.written));
    tasks.spawn(make_ready(archive, (config.ahead.clone(), config.holding), stop.clone()));
    tasks.spawn(write_notes(Arc::clone(&adapter.notes), stop.clone()));
    if let Some(cache) = &adapter.cache {
        let index = Arc::clone(&adapter.index);
        let told = Swept { index, site: adapter.site.clone(), written: Arc::clone(&adapter.written) };
        let sizes = (config.cache_bytes, config.reserve_bytes.saturating_add(config.disk.resume_bytes));
        tasks.spawn(sweep(Arc::clone(cache), sizes, told, stop.clone()));
    }
    let notes = Arc::clone(&adapter.notes);
    let tell = move |trouble: &str| notes.folder_trouble(WATCH_NAME, trouble);
    tasks.spawn(watch(config.watch.clone(), config.dir.clone(), adapter.sink.clone(), tell, stop.clone()));
}

/// Who hears of what left the cache.
struct Swept {
    index: Arc<Sqlite>,
    site: SiteId,
    written: Arc<Notify>,
}

impl Swept {
    async fn note(&self, evicted: Vec<Digest>) {
        let Ok(permit) = decide::<Store>(&Principal::Service("sweep"), Object::Site(&self.site)) else { return };
        match self.index.cache_changed(&permit, &self.site, evicted, CacheChange::Left).await {
            Ok(0) => {}
            Ok(_) => self.written.notify_waiters(),
            // it is said to be online, and takes longer than that
            Err(error) => warn!(%error, "what left the cache cannot be noted"),
        }
    }
}

/// Keeps the cache as small as it should be, and as the disk has room for, until it is told to stop.
async fn sweep(cache: Arc<Disk>, (max_bytes, free_bytes): (u64, u64), swept: Swept, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
        swept.note(cache.evict_to(max_bytes, free_bytes).await).await;
    }
}

/// Makes headers and thumbnails of quiet series ready until it is told to stop.
async fn make_ready(
    (archive, written): (Archive, Arc<Notify>),
    (config, holding): (AheadConfig, Holding),
    stop: CancellationToken,
) {
    if config.series_at_once == 0 {
        return;
    }
    let thumbnail = viewer_api::default_thumbnail();
    let thumbnails = match holding {
        Holding::Keep => Thumbnails::OfInstances(&thumbnail),
        // the images are in the PACS
        Holding::IndexOnly => Thumbnails::None,
    };
    while let Some(round) = stop.run_until_cancelled(archive.make_ready(&config, thumbnails, &written)).await {
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
