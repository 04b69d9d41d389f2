//! What is agreed with an identity provider.

use super::error::Error;
use axum::http::Uri;
use imaging_domain::Role;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Who the provider is and how its claims become names and roles.
#[derive(Clone)]
pub struct Config {
    /// Its issuer identifier, exactly as its tokens name it; `https`, or `http` on the machine itself.
    pub issuer: String,
    /// What it is called on the sign-in page.
    pub label: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret there; without one the client is public, and PKCE alone binds the code to us.
    pub client_secret: Option<String>,
    /// What is asked for; `openid` is added when it is not there.
    pub scopes: Vec<String>,
    /// The claim with a person's role or groups: a text, a list of texts, or one inside of objects (`realm_access.roles`).
    pub role_claim: String,
    /// Role of each value of that claim. The first that matches in the order radiologist, technician, operator, auditor.
    pub roles: BTreeMap<String, Role>,
    /// Who bearer tokens have to be for (`aud`); none: no bearer token is taken.
    pub audience: Option<String>,
    /// PEM of the authorities that the provider's certificate may come from; the machine's own when absent.
    pub authorities_pem: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

impl Config {
    /// Whether it can be used at all.
    pub(super) fn checked(self) -> Result<Arc<Self>, Error> {
        usable(&self.issuer)?;
        if self.client_id.is_empty() || self.issuer.contains(['?', '#']) {
            return Err(Error::Config("issuer or client_id"));
        }
        Ok(Arc::new(self))
    }
}

/// An address that secrets may be sent to: over TLS, or to the machine itself.
pub(super) fn usable(address: &str) -> Result<Uri, Error> {
    let uri: Uri = address.parse().map_err(|_| Error::Config("an address"))?;
    let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_here => Ok(uri),
        _ => Err(Error::Config("an address without TLS")),
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
