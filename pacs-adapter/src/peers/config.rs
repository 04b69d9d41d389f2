//! What the hospital says of each application entity that it knows.

use imaging_domain::AeTitle;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An application entity of the hospital's network: one that may call the adapter, that the adapter may call, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its application entity title, 1 to 16 characters; also its name in commands and rules.
    pub ae_title: AeTitle,
    /// `host:port` where it takes associations; empty for one that only calls.
    #[serde(default)]
    pub address: String,
    /// The addresses it calls from; empty for any.
    #[serde(default)]
    pub from: Vec<IpAddr>,
}
