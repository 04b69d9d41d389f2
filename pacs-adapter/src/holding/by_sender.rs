//! What the PACS sends goes another way than what all others send.

use crate::sink::StoreSink;
use archive::{Error, Framing};
use async_trait::async_trait;
use imaging_domain::{AeTitle, Principal};

/// Two sinks: one for what an archive sends, which has it still, and one for all others.
#[derive(Clone)]
pub struct BySender<S> {
    archive: Option<AeTitle>,
    theirs: S,
    others: S,
}

impl<S: StoreSink> BySender<S> {
    /// Everything goes into one sink.
    pub fn all(sink: S) -> Self {
        Self { archive: None, theirs: sink.clone(), others: sink }
    }

    /// What `archive` sends goes into `theirs`.
    pub fn of(archive: AeTitle, theirs: S, others: S) -> Self {
        Self { archive: Some(archive), theirs, others }
    }
}

#[async_trait]
impl<S: StoreSink> StoreSink for BySender<S> {
    type Incoming = S::Incoming;

    async fn begin(&self, who: &Principal, framing: Framing) -> Result<Self::Incoming, Error> {
        match (who, &self.archive) {
            (Principal::LocalPeer { ae, .. }, Some(archive)) if ae == archive => self.theirs.begin(who, framing).await,
            _ => self.others.begin(who, framing).await,
        }
    }
}
