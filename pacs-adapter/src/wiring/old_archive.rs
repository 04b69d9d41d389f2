//! The PACS that is taken over, or that keeps the images.

use super::Adapter;
use crate::{
    config::Config,
    crawl::{Crawler, How, Parts as CrawlParts},
    holding::{Holding, Nearline},
    peers::{Peer, Peers},
    requester::Requester,
    services::Store,
};
use anyhow::{Context, Result, ensure};
use archive::{HeldFirst, Parts};
use blob_store::{Checked, Disk};
use daemon::now_ms;
use imaging_domain::AeTitle;
use std::sync::Arc;

/// An adapter that leaves the images in the PACS.
pub(super) struct Elsewhere {
    /// Who reads finds what is kept here, then the cache, then the PACS.
    pub(super) reading: Parts,
    /// What is taken over goes into the cache; what anybody else sends is kept, as ever.
    pub(super) taking_over: Parts,
    /// The cache, for its sweeper.
    pub(super) cache: Arc<Disk>,
}

/// The parts of an adapter that leaves the images in the PACS; `None` of one that keeps them. `parts` keep.
///
/// # Errors
/// When there is no PACS that can be asked by C-GET, or when the images were left there before and are not to be now.
pub(super) fn elsewhere(config: &Config, parts: &Parts) -> Result<Option<Elsewhere>> {
    let place = blob_store::Config { dir: config.dir.join("cache"), reserve_bytes: config.reserve_bytes };
    if config.holding == Holding::Keep {
        ensure!(!place.dir.exists(), "holding was \"index-only\": the index knows images that only the PACS has");
        return Ok(None);
    }
    ensure!(config.crawl.how == How::Get, "holding = \"index-only\" needs crawl.how = \"get\"");
    let archive = archive_peer(config)?.context("holding = \"index-only\" needs crawl.archive")?;
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    let remote = Nearline::new(requester, archive, config.crawl.associations);
    let cache = Arc::new(Disk::open_cache(&place).context("the cache cannot be opened")?);
    let cached = Arc::new(Checked::cache(cache.clone()));
    let blobs = Arc::new(HeldFirst::new(parts.blobs.clone(), cached.clone()));
    let reading = Parts { blobs, remote: Some(Arc::new(remote)), ..parts.clone() };
    Ok(Some(Elsewhere { reading, taking_over: Parts { blobs: cached, ..parts.clone() }, cache }))
}

/// The taking over of the archive that the configuration names, if it names one.
///
/// # Errors
/// When it is no peer that can be called.
pub fn crawler(config: &Config, adapter: &Adapter) -> Result<Option<Crawler>> {
    let Some(peer) = archive_peer(config)? else { return Ok(None) };
    let parts = CrawlParts {
        crawls: adapter.index.clone(),
        readiness: adapter.index.clone(),
        store: Arc::new(Store::new(adapter.crawled.clone())),
        requester: Requester::new(config.requester.clone(), config.dimse.ae_title.clone()),
        clock: now_ms,
    };
    Ok(Some(Crawler::new(parts, config.crawl.clone(), peer)))
}

fn archive_peer(config: &Config) -> Result<Option<Peer>> {
    let title = &config.crawl.archive;
    if title.is_empty() {
        return Ok(None);
    }
    let peers = Peers::open(config.peers.clone(), config.dir.clone()).context("peers.json cannot be read")?;
    let peer = AeTitle::parse(title).ok().and_then(|title| peers.by_title(&title));
    Ok(Some(peer.with_context(|| format!("crawl.archive: nobody is known as {title} with an address"))?))
}
