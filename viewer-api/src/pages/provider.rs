//! What signing in by a provider leads to: a session like that of a local account.

use super::use_cases::UseCases;
use crate::{admission::Transport, cookie::SESSION, oidc::Opened};
use archive::{Error, SignedIn};
use async_trait::async_trait;
use imaging_domain::Principal;
use std::sync::Arc;

/// The use cases behind the provider's routes.
pub(super) struct Door {
    pub(super) cases: Arc<dyn UseCases>,
    pub(super) clock: fn() -> i64,
}

#[async_trait]
impl Opened for Door {
    async fn open(&self, who: Principal) -> Result<(SignedIn, String), Error> {
        let signed_in = self.cases.sign_in_by_provider(who).await?;
        let max_age_s = signed_in.expires_ms.saturating_sub((self.clock)()).max(0) / 1000;
        let cookie = SESSION.text(&signed_in.token, max_age_s, Transport::Tls);
        Ok((signed_in, cookie))
    }

    async fn refused(&self, named: Option<&str>) -> Result<(), Error> {
        self.cases.refused_by_provider(named).await
    }
}
