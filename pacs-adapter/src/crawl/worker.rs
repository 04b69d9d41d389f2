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

    /// Does what is to be done for a study; gives how many instances that was.
    pub(super) async fn work(&mut self, due: &DueStudy) -> Result<u64, Why> {
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
