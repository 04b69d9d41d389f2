//! What the pages ask of the archive, as a port, so that they can be tried without disk and index.

use archive::{Archive, Error, SignedIn};
use async_trait::async_trait;
use catalog::{Answer, Totals};
use imaging_domain::{Principal, Query, SiteSummary};

/// The use cases of [`Archive`] that the pages need; each method is the archive's of the same name.
#[async_trait]
pub(super) trait UseCases: Send + Sync {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error>;
    async fn session(&self, token: &str) -> Result<Principal, Error>;
    async fn sign_out(&self, token: &str) -> Result<(), Error>;
    async fn overview(&self, who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error>;
    async fn search(&self, who: &Principal, query: &Query) -> Result<Answer, Error>;
}

#[async_trait]
impl UseCases for Archive {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        Archive::sign_in(self, name, password).await
    }

    async fn session(&self, token: &str) -> Result<Principal, Error> {
        Archive::session(self, token).await
    }

    async fn sign_out(&self, token: &str) -> Result<(), Error> {
        Archive::sign_out(self, token).await
    }

    async fn overview(&self, who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error> {
        Archive::overview(self, who).await
    }

    async fn search(&self, who: &Principal, query: &Query) -> Result<Answer, Error> {
        Archive::search(self, who, query).await
    }
}
