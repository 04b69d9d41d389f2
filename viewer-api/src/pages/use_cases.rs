//! What the pages ask of the archive, as a port, so that they can be tried without disk and index.

use archive::{Archive, Availability, Error, History, People, SignedIn};
use async_trait::async_trait;
use catalog::{Answer, Match, Totals};
use federation::Intake;
use imaging_domain::{Principal, Query, SiteSummary, StudyUid};

/// Signing in and out; each method is the accounts' of the same name.
#[async_trait]
pub(super) trait SignIn: Send + Sync {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error>;
    async fn session(&self, token: &str) -> Result<Principal, Error>;
    async fn sign_out(&self, token: &str) -> Result<(), Error>;
}

/// The use cases that the pages need beside; each method is the archive's or the accounts' of the same name.
#[async_trait]
pub(super) trait UseCases: SignIn {
    async fn sign_in_by_provider(&self, who: Principal) -> Result<SignedIn, Error>;
    async fn refused_by_provider(&self, named: Option<&str>) -> Result<(), Error>;
    async fn overview(&self, who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error>;
    async fn search(&self, who: &Principal, query: &Query) -> Result<Answer, Error>;
    async fn count(&self, who: &Principal, query: &Query, at_most: u32) -> Result<u32, Error>;
    async fn availability(&self, who: &Principal, found: &[Match]) -> Result<Vec<Availability>, Error>;
    async fn history(&self, who: &Principal, study: &StudyUid) -> Result<History, Error>;
}

/// What the pages are made of.
#[derive(Clone)]
pub struct Backing {
    /// The use cases of images.
    pub archive: Archive,
    /// Local accounts.
    pub people: People,
    /// The feeds, for the backlog of each site.
    pub intake: Intake,
}

#[async_trait]
impl SignIn for People {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        People::sign_in(self, name, password).await
    }

    async fn session(&self, token: &str) -> Result<Principal, Error> {
        People::session(self, token).await
    }

    async fn sign_out(&self, token: &str) -> Result<(), Error> {
        People::sign_out(self, token).await
    }
}

#[async_trait]
impl SignIn for Backing {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        self.people.sign_in(name, password).await
    }

    async fn session(&self, token: &str) -> Result<Principal, Error> {
        self.people.session(token).await
    }

    async fn sign_out(&self, token: &str) -> Result<(), Error> {
        self.people.sign_out(token).await
    }
}

#[async_trait]
impl UseCases for Backing {
    async fn sign_in_by_provider(&self, who: Principal) -> Result<SignedIn, Error> {
        self.people.sign_in_by_provider(who).await
    }

    async fn refused_by_provider(&self, named: Option<&str>) -> Result<(), Error> {
        self.people.refused_by_provider(named, 1).await
    }

    async fn overview(&self, who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error> {
        let (totals, mut sites) = self.archive.overview(who).await?;
        for (summary, _) in &mut sites {
            let written = self.intake.last_written(&summary.site);
            summary.backlog = written.map(|written| written.saturating_sub(summary.position));
        }
        Ok((totals, sites))
    }

    async fn search(&self, who: &Principal, query: &Query) -> Result<Answer, Error> {
        self.archive.search(who, query).await
    }

    async fn count(&self, who: &Principal, query: &Query, at_most: u32) -> Result<u32, Error> {
        self.archive.count(who, query, at_most).await
    }

    async fn availability(&self, who: &Principal, found: &[Match]) -> Result<Vec<Availability>, Error> {
        self.archive.availability(who, found).await
    }

    async fn history(&self, who: &Principal, study: &StudyUid) -> Result<History, Error> {
        self.archive.history(who, study).await
    }
}
