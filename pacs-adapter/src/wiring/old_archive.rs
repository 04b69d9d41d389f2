//! The PACS that is taken over, or that keeps the images.

use super::Adapter;
use crate::{
    config::Config,
    crawl::{Crawler, Parts as CrawlParts},
    holding::{Holding, Nearline, NearlineParts},
    peers::Peer,
    requester::Requester,
    services::Store,
};
use anyhow::{Context, Result, ensure};
use archive::{Committer, HeldFirst, Ingest, Parts, Witness};
use blob_store::{Checked, Disk};
use catalog::Sqlite;
use daemon::now_ms;
use imaging_domain::{AeTitle, SiteId};
use std::sync::Arc;
use tokio::sync::Notify;

/// An adapter that leaves the images in the PACS.
pub(super) struct Elsewhere {
    /// Who reads finds what is kept here, then the cache, then the PACS.
    pub(super) reading: Parts,
    /// The title of the PACS.
    pub(super) archive: AeTitle,
    /// What it gives goes into the cache; what anybody else sends is kept, as ever.
    pub(super) crawled: Ingest,
    /// Where is noted what it says it has.
    pub(super) learning: Committer,
    /// The cache, for its sweeper.
    pub(super) cache: Arc<Disk>,
}

/// What is common to both ways.
pub(super) struct Here<'a> {
    /// They keep.
    pub(super) parts: &'a Parts,
    pub(super) index: &'a Arc<Sqlite>,
    pub(super) site: &'a SiteId,
    pub(super) noting: &'a Arc<dyn Witness>,
    pub(super) written: &'a Arc<Notify>,
}

/// The parts of an adapter that leaves the images in the PACS; `None` of one that keeps them.
///
/// # Errors
/// When there is no PACS, or when the images were left there before and are not to be now.
pub(super) fn elsewhere(config: &Config, here: &Here<'_>) -> Result<Option<Elsewhere>> {
    let Here { parts, index, site, noting, written } = *here;
    let place = blob_store::Config { dir: config.dir.join("cache"), reserve_bytes: config.reserve_bytes };
    if config.holding == Holding::Keep {
        ensure!(!place.dir.exists(), "holding was \"index-only\": the index knows images that only the PACS has");
        return Ok(None);
    }
    let archive = archive_peer(config)?.context("holding = \"index-only\" needs crawl.archive")?;
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    let cache = Arc::new(Disk::open_cache(&place).context("the cache cannot be opened")?);
    let cached = Arc::new(Checked::cache(cache.clone()));
    let taking_over = Parts { blobs: cached.clone(), ..parts.clone() };
    let learning = Committer::start_caching(taking_over, site.clone(), Arc::clone(written), index.clone());
    let crawled = Ingest::new(learning.clone()).witnessed(Arc::clone(noting));
    let title = archive.ae_title.clone();
    let nearline = Nearline::new(NearlineParts {
        requester,
        archive,
        how: config.crawl.how,
        associations: config.crawl.associations,
        site: site.clone(),
        index: index.clone(),
        elsewhere: index.clone(),
        written: Arc::clone(written),
        store: Arc::new(Store::new(crawled.clone())),
        cache: cached.clone(),
    });
    let blobs = Arc::new(HeldFirst::new(parts.blobs.clone(), cached));
    let reading = Parts { blobs, remote: Some(Arc::new(nearline)), ..parts.clone() };
    Ok(Some(Elsewhere { reading, archive: title, crawled, learning, cache }))
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
        studies: adapter.index.clone(),
        store: Arc::new(Store::new(adapter.crawled.clone())),
        learning: adapter.learning.clone(),
        arrivals: adapter.notes.arrivals.clone(),
        leaves_out: adapter.rules.leaves_out(),
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
    let peers = super::peers(config)?;
    let peer = AeTitle::parse(title).ok().and_then(|title| peers.by_title(&title));
    Ok(Some(peer.with_context(|| format!("crawl.archive: nobody is known as {title} with an address"))?))
}
