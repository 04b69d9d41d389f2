//! A way in for one sender alone.

use crate::sink::StoreSink;
use access_control::{ActionKind, Denied};
use archive::{Error, Framing};
use async_trait::async_trait;
use imaging_domain::{AeTitle, Principal};

/// Gives on what comes from one title, or from all when none is named; the rest may not be stored.
#[derive(Debug, Clone)]
pub struct OnlyFrom<S> {
    inner: S,
    sender: Option<AeTitle>,
}

impl<S> OnlyFrom<S> {
    /// Gives on to `inner`.
    pub fn new(inner: S, sender: Option<AeTitle>) -> Self {
        Self { inner, sender }
    }
}

#[async_trait]
impl<S: StoreSink> StoreSink for OnlyFrom<S> {
    type Incoming = S::Incoming;

    async fn begin(&self, who: &Principal, framing: Framing) -> Result<Self::Incoming, Error> {
        let is_sender = |title: &AeTitle| matches!(who, Principal::LocalPeer { ae, .. } if ae == title);
        if self.sender.as_ref().is_none_or(is_sender) {
            return self.inner.begin(who, framing).await;
        }
        Err(Denied(ActionKind::Store).into())
    }
}
