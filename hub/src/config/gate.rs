//! The configuration of `hub gate`, which is a file of its own: the process has nothing else of the hub.

use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Everything `hub gate` reads from its file and from `GATE_…` in the environment. `config/gate.example.toml` is its manual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// Where links are opened, TLS.
    pub listen: SocketAddr,
    /// PEM file with the certificate that patients' browsers trust, its chain behind it.
    pub certificate_file: PathBuf,
    /// PEM file with its key.
    pub key_file: PathBuf,
    /// `host:port` of the hub's `listen.federation` as this machine reaches it.
    pub hub: String,
    /// Folder that `hub client issue NAME --gate --out` wrote.
    pub credential: PathBuf,
    /// Connections open at once.
    pub max_connections: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8447)),
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            hub: "127.0.0.1:8443".into(),
            credential: "/etc/regional-imaging-gate/credential".into(),
            max_connections: 1024,
        }
    }
}
