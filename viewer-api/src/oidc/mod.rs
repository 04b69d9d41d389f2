//! Sign-in by the region's identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636), and bearer
//! tokens of the same provider for scripts (RFC 6750, RFC 9068).
//!
//! Whatever the provider says becomes a [`Principal`](imaging_domain::Principal) with a role here, or a refusal; sessions
//! and audit events are `archive`'s. Nothing of a token is kept, logged or told.

mod bearer;
mod claims;
mod config;
mod error;
mod http;
mod keys;
mod pending;
mod provider;
mod routes;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use bearer::layer as bearer;
pub use bearer::{Bearer, TokenHolders};
pub use config::Config;
pub use error::Error;
pub use provider::Provider;
pub(crate) use routes::{Opened, routes};
