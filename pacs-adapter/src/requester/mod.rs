//! Associations that the adapter opens: it asks, a peer of the hospital's network answers.
//!
//! [`Requester::open`] connects and negotiates; what can be asked over an open [`Association`] is one file for each
//! service. Messages are those of `dimse`, PDUs go over the same wire as the listener's. Who a peer is and where it
//! listens is said by the configuration; nothing here decides what is sent to whom.

mod association;
mod config;
mod data_set;
mod echo;
mod error;
mod find;
mod identifier;
mod negotiate;
mod report;
mod retrieve;
mod storage_classes;
mod store;
mod tls;

pub use association::Association;
pub use config::Config;
pub use data_set::data_set_of;
pub use error::Error;
pub use find::Finding;
pub use identifier::{FIND, GET, Identifier, MOVE};
pub use negotiate::{Proposed, Roles, storage_contexts};
pub use retrieve::{Retrieved, get_contexts};
pub use store::Outgoing;
pub use tls::TlsConfig;

use crate::{
    peers::Peer,
    upper_layer::{Stream, Wire},
};
use imaging_domain::{AeTitle, Principal};
use std::{io, net::IpAddr};
use tokio::{net::TcpStream, time::timeout};

/// Opens associations under one application entity title. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Requester {
    config: Config,
    calling: AeTitle,
}

impl Requester {
    /// One that calls as `calling`.
    pub fn new(config: Config, calling: AeTitle) -> Self {
        Self { config, calling }
    }

    /// The title that it calls as.
    pub fn calling(&self) -> &AeTitle {
        &self.calling
    }

    /// The same under another title.
    pub fn calling_as(&self, calling: AeTitle) -> Self {
        Self { config: self.config.clone(), calling }
    }

    /// Connects to a peer and proposes contexts.
    ///
    /// # Errors
    /// [`Error::NoAddress`], [`Error::Connect`], [`Error::Tls`], [`Error::Handshake`], [`Error::Rejected`], or what breaks on the way. That the peer accepts
    /// none of the contexts is no error: see [`Association::accepts`].
    pub async fn open(&self, peer: &Peer, proposed: &[Proposed]) -> Result<Association, Error> {
        if peer.address.is_empty() {
            return Err(Error::NoAddress);
        }
        let request = negotiate::request(&self.calling, &peer.ae_title, proposed)?;
        let connected = timeout(self.config.connect_timeout(), self.connect(peer)).await;
        let (stream, addr) = connected.map_err(|_| Error::Connect(io::ErrorKind::TimedOut.into()))??;
        let wire = Wire::new(stream, negotiate::MAX_PDU);
        let peer = Principal::LocalPeer { ae: peer.ae_title.clone(), addr };
        Association::request(wire, peer, &self.config, request, proposed).await
    }

    async fn connect(&self, peer: &Peer) -> Result<(Stream, IpAddr), Error> {
        let socket = TcpStream::connect(&peer.address).await.map_err(Error::Connect)?;
        let addr = socket.peer_addr().map_err(Error::Connect)?.ip().to_canonical();
        Ok((tls::stream(&self.config.tls, peer, socket).await?, addr))
    }

    /// C-ECHO over an association of its own.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`Association::echo`].
    pub async fn echo(&self, peer: &Peer) -> Result<dimse::Status, Error> {
        let mut association = self.open(peer, &[Proposed::plain(dimse::VERIFICATION)]).await?;
        let status = association.echo().await;
        association.end(status).await
    }
}
