//! Who is at the door, and who was let in: what the accept loop tells of a connection.

use imaging_domain::Principal;
use rustls_pki_types::CertificateDer;
use std::{net::SocketAddr, sync::Arc};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Where a request came from; among the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// How a request came; among the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// In the clear.
    Plain,
    /// Over TLS.
    Tls,
}

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where from.
    pub addr: SocketAddr,
    /// How.
    pub transport: Transport,
    /// The certificates it proved, its own first, already checked by the acceptor's verifier; empty when it showed none.
    pub certificates: Vec<CertificateDer<'static>>,
}

/// Somebody let in.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who; goes into the extensions of each request.
    pub principal: Principal,
    /// When cancelled, the connection is cut, as for a site that is revoked. Cancelled by the end of the connection.
    pub cut: CancellationToken,
}

impl Admission {
    /// Somebody whose connection nobody means to cut.
    pub fn of(principal: Principal) -> Self {
        Self { principal, cut: CancellationToken::new() }
    }
}

/// The connection a request came by, among the request's extensions: for what goes on with it after an upgrade.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Cancelled when the connection is to be cut, and when nobody holds the line any more.
    cut: CancellationToken,
    _held: Arc<DropGuard>,
}

impl Line {
    /// A line that is cut by this.
    pub(crate) fn of(cut: CancellationToken) -> Self {
        Self { _held: Arc::new(cut.clone().drop_guard()), cut }
    }

    /// Works on, holding the line, until the work is done; `None` when the line was cut before.
    pub(crate) async fn hold<T>(self, work: impl Future<Output = T>) -> Option<T> {
        self.cut.run_until_cancelled(work).await
    }
}
