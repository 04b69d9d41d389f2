//! Who works on the studies that are due: fetching them, or learning what they have.

use super::{
    config::How,
    crawler::Parts,
    fetching::{Fetcher, Why},
    learning::Learner,
};
use crate::peers::Peer;
use catalog::DueStudy;
use std::sync::Arc;

/// What was done for a study that is whole now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    /// Instances that came, or were learned of.
    pub(super) instances: u64,
    /// Whether there were others than were known, of which the archive had told nothing.
    pub(super) has_changed: bool,
}

pub(super) enum Worker {
    Fetches(Fetcher),
    Learns(Learner),
}

impl Worker {
    pub(super) fn new(parts: &Arc<Parts>, archive: &Peer, how: How) -> Self {
        let (work, archive) = (Arc::clone(parts), archive.clone());
        match &parts.learning {
            Some(committer) => Self::Learns(Learner::new(work, committer.clone(), archive)),
            None => Self::Fetches(Fetcher::new(work, archive, how)),
        }
    }

    /// Does what is to be done for a study.
    pub(super) async fn work(&mut self, due: &DueStudy) -> Result<Done, Why> {
        match self {
            Self::Fetches(fetcher) => fetcher.fetch(due).await,
            Self::Learns(learner) => learner.learn(due).await,
        }
    }

    /// Ends the association in order.
    pub(super) async fn release(&mut self) {
        match self {
            Self::Fetches(fetcher) => fetcher.release().await,
            Self::Learns(learner) => learner.release().await,
        }
    }
}
