//! The region's sites: invited, enrolled, revoked.

use crate::error::Error;
use access_control::{Manage, Overview, Permit};
use async_trait::async_trait;
use imaging_domain::{SiteId, SiteSummary};

/// A one-time invitation of a site. The code itself is not kept, only its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whom it invites.
    pub site: SiteId,
    /// The hospital's name for people.
    pub name: String,
    /// SHA-256 of the code's secret.
    pub secret_digest: [u8; 32],
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

/// Sites, invitations and certificates.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Keeps an invitation, in place of an earlier one of the same site, and the site itself when it is new.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a site whose images the hub holds itself.
    async fn invite(&self, permit: &Permit<Manage>, invitation: Invitation) -> Result<(), Error>;

    /// Takes an invitation by its secret's digest; it is used up in the same transaction.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, it is used, or it ended before `now_ms`.
    async fn redeem(&self, permit: &Permit<Manage>, secret_digest: &[u8; 32], now_ms: i64) -> Result<SiteId, Error>;

    /// Notes a certificate that was issued to a site.
    async fn certify(
        &self,
        permit: &Permit<Manage>,
        site: &SiteId,
        fingerprint: &[u8; 32],
        expires_ms: i64,
    ) -> Result<(), Error>;

    /// Whether the certificate was issued here, belongs to this site, and the site was not revoked since.
    async fn is_valid(&self, site: &SiteId, fingerprint: &[u8; 32]) -> Result<bool, Error>;

    /// Ends every certificate of a site.
    async fn revoke(&self, permit: &Permit<Manage>, site: &SiteId) -> Result<(), Error>;

    /// Makes a site whose images the hub holds itself, or gives it another name; an empty name changes none.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a site that was invited: its adapter numbers its changes.
    async fn hold(&self, permit: &Permit<Manage>, site: &SiteId, name: &str) -> Result<(), Error>;

    /// Whether the hub holds the site's images itself.
    async fn is_held(&self, site: &SiteId) -> Result<bool, Error>;

    /// Every site by name, with what the index holds of it.
    async fn sites(&self, permit: &Permit<Overview>) -> Result<Vec<SiteSummary>, Error>;
}
