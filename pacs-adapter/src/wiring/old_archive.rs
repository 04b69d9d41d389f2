//! The PACS that is taken over, or that keeps the images.

use super::Adapter;
use crate::{
    config::Config,
    crawl::{Crawler, How, Parts as CrawlParts},
    holding::{Holding, Nearline},
    peers::Peer,
    requester::Requester,
    services::Store,
};
use anyhow::{Context, Result, ensure};
use archive::Remote;
use daemon::now_ms;
use imaging_domain::AeTitle;
use std::sync::Arc;

/// The taking over of the archive that the configuration names, if it names one.
///
/// # Errors
/// When it is no peer that can be called.
pub fn crawler(config: &Config, adapter: &Adapter) -> Result<Option<Crawler>> {
    let Some(peer) = archive_peer(config)? else { return Ok(None) };
    let parts = CrawlParts {
        crawls: adapter.index.clone(),
        readiness: adapter.index.clone(),
        store: Arc::new(Store::new(adapter.sink.clone())),
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
    let peer = config.peers.iter().find(|peer| peer.ae_title.as_str() == title && !peer.address.is_empty());
    Ok(Some(peer.with_context(|| format!("crawl.archive: peers names no {title} with an address"))?.clone()))
}

/// The PACS that keeps the images, where it does.
///
/// # Errors
/// When it cannot be asked by C-GET.
pub(super) fn nearline(config: &Config) -> Result<Option<Arc<dyn Remote>>> {
    if config.holding == Holding::Keep {
        return Ok(None);
    }
    ensure!(config.crawl.how == How::Get, "holding = \"index-only\" needs crawl.how = \"get\"");
    let archive = archive_peer(config)?.context("holding = \"index-only\" needs crawl.archive")?;
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    Ok(Some(Arc::new(Nearline::new(requester, archive, config.crawl.associations))))
}

/// The only one that may send images, where the PACS keeps them.
///
/// # Errors
/// When the configuration names none.
pub fn only_sender(config: &Config) -> Result<Option<AeTitle>> {
    Ok(if config.holding == Holding::Keep { None } else { archive_peer(config)?.map(|peer| peer.ae_title) })
}
