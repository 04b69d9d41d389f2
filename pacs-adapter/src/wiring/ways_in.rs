//! By which way what arrives goes in.

use super::{
    old_archive::{self, Elsewhere, Here},
    routing::ruled,
};
use crate::{
    config::Config,
    holding::BySender,
    rules::{RuleBook, Way},
};
use anyhow::Result;
use archive::{Committer, Ingest, Parts};
use blob_store::Disk;
use std::sync::Arc;

/// The ways of an adapter, and what is read from.
pub(super) struct Ways {
    pub(super) reading: Parts,
    pub(super) received: BySender<Ingest>,
    pub(super) crawled: Ingest,
    pub(super) learning: Option<Committer>,
    pub(super) cache: Option<Arc<Disk>>,
}

/// What the PACS keeps goes into a cache as the PACS has it; everything else goes into `sink`, what is taken over by its own rules.
///
/// # Errors
/// When the cache cannot be opened.
pub(super) fn ways_in(
    config: &Config,
    here: &Here<'_>,
    (committer, book): (&Committer, &RuleBook),
    sink: &Ingest,
) -> Result<Ways> {
    let Some(Elsewhere { reading, archive, crawled, learning, cache }) = old_archive::elsewhere(config, here)? else {
        let crawled = ruled(Ingest::new(committer.clone()), &book.for_way(Way::Crawl));
        let (received, crawled) = (BySender::all(sink.clone()), crawled.witnessed(Arc::clone(here.noting)));
        return Ok(Ways { reading: here.parts.clone(), received, crawled, learning: None, cache: None });
    };
    let received = BySender::of(archive, crawled.clone(), sink.clone());
    Ok(Ways { reading, received, crawled, learning: Some(learning), cache: Some(cache) })
}
