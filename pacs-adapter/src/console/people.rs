//! Who may speak to the adapter, as its console shows and changes it.

use crate::peers::Peer;
use archive::Error;
use imaging_domain::AeTitle;
use std::net::IpAddr;
use viewer_api::{KnownPeer, Stranger};

/// Knows who may speak. The listener asks the same one.
pub trait Doorkeeper: Send + Sync {
    /// Everybody who is known.
    fn known(&self) -> Vec<KnownPeer>;

    /// Who called and is not known, the latest first.
    fn strangers(&self) -> Vec<Stranger>;

    /// Knows somebody from now on, also after a restart.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn allow(&self, ae_title: AeTitle, from: IpAddr) -> Result<(), Error>;

    /// Knows somebody no more who was allowed here.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody of the configuration, or when it cannot be kept.
    fn forget(&self, ae_title: &AeTitle) -> Result<(), Error>;
}

/// The peers of the configuration, and nobody else.
pub struct ConfiguredPeers(pub Vec<Peer>);

impl Doorkeeper for ConfiguredPeers {
    fn known(&self) -> Vec<KnownPeer> {
        let told = |peer: &Peer| KnownPeer {
            ae_title: peer.ae_title.clone(),
            address: peer.address.clone(),
            from: peer.from.clone(),
            allowed_here: false,
        };
        self.0.iter().map(told).collect()
    }

    fn strangers(&self) -> Vec<Stranger> {
        vec![]
    }

    fn allow(&self, _: AeTitle, _: IpAddr) -> Result<(), Error> {
        Err(Error::Unsupported("peers are those of the configuration"))
    }

    fn forget(&self, _: &AeTitle) -> Result<(), Error> {
        Err(Error::NotFound("peer that was allowed here"))
    }
}
