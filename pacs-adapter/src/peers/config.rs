//! What the hospital says of each application entity that it knows.

use super::{fingerprint::Fingerprint, network::Network};
use imaging_domain::AeTitle;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, num::NonZeroU16};

/// An application entity of the hospital's network: one that may call the adapter, that the adapter may call, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its application entity title, 1 to 16 characters; also its name in commands and rules.
    pub ae_title: AeTitle,
    /// `host:port` where it takes associations; empty for one that only calls.
    #[serde(default)]
    pub address: String,
    /// The addresses, or networks of them, that it calls from; empty for any.
    #[serde(default)]
    pub from: Vec<Network>,
    /// The SHA-256 of the certificate that it must show over TLS; then it may not call without TLS.
    #[serde(default)]
    pub certificate: Option<Fingerprint>,
    /// Whether it takes associations over TLS, with `requester.tls`.
    #[serde(default)]
    pub tls: bool,
}

impl Peer {
    /// Whether a caller is this application entity, as far as the configuration pins it.
    pub(crate) fn is(&self, caller: &Caller) -> bool {
        let certified = self.certificate.is_none_or(|pinned| caller.certificate == Some(pinned));
        self.ae_title == caller.ae_title && (self.from.is_empty() || self.has(caller.address)) && certified
    }

    /// Whether it is expected from this address: one of `from`, or the one where it listens.
    pub(crate) fn calls_from(&self, address: IpAddr) -> bool {
        self.has(address) || self.listens_at() == Some(address)
    }

    fn has(&self, address: IpAddr) -> bool {
        self.from.iter().any(|network| network.contains(address))
    }

    /// Whether there is an address that it is expected from.
    pub(crate) fn has_addresses(&self) -> bool {
        !self.from.is_empty() || self.listens_at().is_some()
    }

    /// The address where it listens, when it is written as one and not as a name.
    fn listens_at(&self) -> Option<IpAddr> {
        let (host, _) = self.address.rsplit_once(':')?;
        host.trim_matches(['[', ']']).parse().ok()
    }
}

/// Where a peer takes associations, at the address that it calls from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listens {
    /// Its port.
    pub port: NonZeroU16,
    /// Whether over TLS.
    pub tls: bool,
}

/// Who asks for an association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The title that it calls itself by.
    pub ae_title: AeTitle,
    /// Where the connection comes from.
    pub address: IpAddr,
    /// Of the certificate that it showed over TLS.
    pub certificate: Option<Fingerprint>,
}
