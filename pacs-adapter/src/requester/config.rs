//! How long the adapter waits for whom it calls.

use super::tls::TlsConfig;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The config of the [`Requester`](crate::Requester).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seconds for the connection, with its TLS where there is any.
    pub connect_timeout_s: u64,
    /// Seconds for the answer to the association request, and to the release.
    pub association_timeout_s: u64,
    /// Seconds for each answer of the peer, and for it to take each PDU.
    pub response_timeout_s: u64,
    /// TLS, for the peers that take it.
    pub tls: TlsConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self { connect_timeout_s: 10, association_timeout_s: 30, response_timeout_s: 300, tls: TlsConfig::default() }
    }
}

impl Config {
    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_s)
    }

    pub(crate) fn association_timeout(&self) -> Duration {
        Duration::from_secs(self.association_timeout_s)
    }

    pub(crate) fn response_timeout(&self) -> Duration {
        Duration::from_secs(self.response_timeout_s)
    }
}
