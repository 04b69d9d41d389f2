//! What a console asks of its program.

use super::{Deed, KeptAside, Opened, Quarantined, Report};
use archive::Error;
use async_trait::async_trait;
use imaging_domain::Principal;

/// An adapter, as its people see it. Every method decides whether `who` may.
#[async_trait]
pub trait Console: Send + Sync {
    /// Everything at a glance.
    async fn report(&self, who: &Principal) -> Result<Report, Error>;

    /// Instances kept aside, the latest first.
    async fn conflicts(&self, who: &Principal) -> Result<Vec<KeptAside>, Error>;

    /// Arrivals that could not be taken in, the latest first.
    async fn quarantine(&self, who: &Principal) -> Result<Vec<Quarantined>, Error>;

    /// What one of them says.
    async fn opened(&self, who: &Principal, id: &str) -> Result<Opened, Error>;

    /// Does something.
    async fn act(&self, who: &Principal, deed: Deed) -> Result<(), Error>;

    /// Whether the program can take in and give: its index answers, and its disk and its quota have room.
    async fn is_ready(&self) -> bool;
}
