//! The ways in beside the hospital's own, and where who reads looks.

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

/// They differ by whether the PACS keeps the images.
pub(super) struct Ways {
    /// What who reads finds.
    pub(super) reading: Parts,
    /// Of what comes by DIMSE.
    pub(super) received: BySender<Ingest>,
    /// Of what the old archive gives.
    pub(super) crawled: Ingest,
    /// Where is noted what the PACS says it has.
    pub(super) learning: Option<Committer>,
    /// Where its images lie meanwhile.
    pub(super) cache: Option<Arc<Disk>>,
}

/// The ways beside `sink`, whose arrivals end at `committer`.
///
/// # Errors
/// When there is no PACS that keeps the images, and the configuration says that there is.
pub(super) fn ways(
    config: &Config,
    here: &Here<'_>,
    (committer, sink): (&Committer, &Ingest),
    book: &RuleBook,
) -> Result<Ways> {
    Ok(match old_archive::elsewhere(config, here)? {
        None => {
            let crawled = ruled(Ingest::new(committer.clone()), &book.for_way(Way::Crawl));
            let crawled = crawled.witnessed(Arc::clone(here.noting));
            let (reading, received) = (here.parts.clone(), BySender::all(sink.clone()));
            Ways { reading, received, crawled, learning: None, cache: None }
        }
        // what the PACS keeps is as the PACS has it
        Some(Elsewhere { reading, archive, crawled, learning, cache }) => {
            let received = BySender::of(archive, crawled.clone(), sink.clone());
            Ways { reading, received, crawled, learning: Some(learning), cache: Some(cache) }
        }
    })
}
