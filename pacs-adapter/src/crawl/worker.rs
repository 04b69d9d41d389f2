//! Who works on the studies that are due: fetching them, or learning what they have.

use super::{
    crawler::Inner,
    fetching::Fetcher,
    learning::Learner,
    line::{Line, Why},
};
use catalog::DueStudy;

/// What was done for a study that is whole now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    /// Whether there were others than were known, of which the archive had told nothing.
    pub(super) has_changed: bool,
    /// Instances that came and that rules did not keep, or hold.
    pub(super) left_out: u64,
}

pub(super) enum Worker {
    Fetches(Fetcher),
    Learns(Learner),
}

impl Worker {
    pub(super) fn new(Inner { parts, archive, config, .. }: &Inner) -> Self {
        let line = Line::new(parts, archive, config);
        match &parts.learning {
            Some(committer) => Self::Learns(Learner::new(line, committer.clone())),
            None => Self::Fetches(Fetcher::new(line, config.how)),
        }
    }

    /// Does what is to be done for a study.
    pub(super) async fn work(&mut self, due: &DueStudy) -> Result<Done, Why> {
        match self {
            Self::Fetches(fetcher) => fetcher.fetch(due).await,
            Self::Learns(learner) => learner.learn(due).await,
        }
    }

    /// Instances that came, or were told, of the last study, also where it failed.
    pub(super) fn came(&self) -> u64 {
        match self {
            Self::Fetches(fetcher) => fetcher.came,
            Self::Learns(learner) => learner.came,
        }
    }

    /// What it works on.
    pub(super) fn line(&mut self) -> &mut Line {
        match self {
            Self::Fetches(fetcher) => &mut fetcher.line,
            Self::Learns(learner) => &mut learner.line,
        }
    }
}
