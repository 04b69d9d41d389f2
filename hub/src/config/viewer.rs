//! Where the full viewer is.

use super::optional;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// The full viewer, which has an origin of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Viewer {
    /// Where the viewer and the DICOMweb routes beside it listen, TLS; empty: nowhere. Nobody listens there either as long
    /// as the viewer is not installed.
    #[serde(with = "optional")]
    pub listen: Option<SocketAddr>,
    /// `host:port` of `listen` as browsers reach it.
    pub public: String,
}

impl Default for Viewer {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from(([127, 0, 0, 1], 8446))), public: "127.0.0.1:8446".into() }
    }
}
