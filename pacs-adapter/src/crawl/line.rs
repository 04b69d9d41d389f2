//! An association with the archive that stays open from one question to the next.

use super::{config::Config, crawler::Parts};
use crate::{
    peers::Peer,
    requester::{Association, Error, FIND, MOVE, Proposed, get_contexts},
};
use imaging_domain::{in_one_line, transfer_syntax};
use std::sync::Arc;

/// Why something was not learned or fetched, for the report.
#[derive(Debug)]
pub(super) enum Why {
    /// The archive takes no association: nothing was asked.
    Away(String),
    /// What was asked failed.
    Failed(String),
}

impl Why {
    pub(super) fn failed(error: impl std::error::Error) -> Self {
        Self::Failed(in_one_line(&error))
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Away(words) | Self::Failed(words) => words,
        }
    }
}

/// What an association is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Use {
    Finding,
    /// By C-MOVE; and finding.
    Moving,
    /// By C-GET, instances of these SOP classes; and finding.
    Getting(Vec<String>),
}

impl Use {
    /// Whether one that was opened for `self` is good for this.
    fn serves(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Getting(these), Self::Getting(classes)) => {
                these.is_empty() == classes.is_empty() && classes.iter().all(|class| these.contains(class))
            }
            (_, Self::Finding) => true,
            (this, wanted) => this == wanted,
        }
    }

    fn contexts(&self) -> Vec<Proposed> {
        let plain = |model| Proposed::new(model, [transfer_syntax::IMPLICIT_LITTLE]);
        match self {
            Self::Finding => vec![plain(FIND)],
            Self::Moving => [FIND, MOVE].map(plain).into(),
            Self::Getting(classes) => get_contexts(classes),
        }
    }
}

/// An association in use.
pub(super) struct Open {
    pub(super) association: Association,
    opened_for: Use,
    was_idle: bool,
}

/// One at a time.
pub(super) struct Line {
    pub(super) parts: Arc<Parts>,
    archive: Peer,
    /// Matches at which the archive ends an answer without a word.
    pub(super) answer_limit: usize,
    open: Option<Open>,
}

impl Line {
    pub(super) fn new(parts: &Arc<Parts>, archive: &Peer, config: &Config) -> Self {
        Self { parts: Arc::clone(parts), archive: archive.clone(), answer_limit: config.answer_limit, open: None }
    }

    /// One for this, the open one where it is good for it. [`keep`](Self::keep) or [`broke`](Self::broke) takes it back.
    pub(super) async fn take(&mut self, wanted: &Use) -> Result<Open, Why> {
        if let Some(open) = self.open.take() {
            if open.opened_for.serves(wanted) {
                return Ok(Open { was_idle: true, ..open });
            }
            let _ = open.association.end(Ok(())).await;
        }
        let opened = self.parts.requester.open(&self.archive, &wanted.contexts()).await;
        let association = opened.map_err(|error| Why::Away(in_one_line(&error)))?;
        Ok(Open { association, opened_for: wanted.clone(), was_idle: false })
    }

    /// It is good for the next question.
    pub(super) fn keep(&mut self, open: Open) {
        self.open = Some(open);
    }

    /// It is not. One that was idle may have been gone: then a new one decides, and it is asked again.
    pub(super) async fn broke(&mut self, open: Open, error: Error) -> Result<(), Why> {
        let was_idle = open.was_idle;
        match open.association.end::<()>(Err(error)).await {
            // whatever is asked, it takes none of it
            Err(error @ Error::NotAccepted(_)) => Err(Why::Away(in_one_line(&error))),
            Err(error) if !was_idle => Err(Why::failed(error)),
            _ => Ok(()),
        }
    }

    /// Ends the association in order.
    pub(super) async fn release(&mut self) {
        if let Some(open) = self.open.take() {
            let _ = open.association.end(Ok(())).await;
        }
    }
}
