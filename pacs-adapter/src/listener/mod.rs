//! The application entity that peers in the hospital's network connect to.
//!
//! Association PDUs are read and written with `dicom_ul::pdu`; its association type is not used, because it negotiates
//! from a list of transfer syntaxes, cannot turn a peer away for the moment, and copies every fragment twice.

mod association;
mod caller;
mod config;
mod end;
mod extensions;
mod limits;
mod line;
mod negotiate;
mod reporting;
mod roles;
mod talk;
mod tls;

pub use config::{CalledAe, Callers, Config, PrivateSopClasses};
pub use tls::TlsConfig;

use crate::{error::Error, peers::Peers, services::Services, upper_layer::Stream};
use limits::{Admission, Limits};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tls::Renewed;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long open messages may go on after the stop signal.
const STOP_GRACE: Duration = Duration::from_secs(20);
/// How long to wait when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every association needs.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) services: Services,
    pub(crate) peers: Peers,
    pub(crate) stop: CancellationToken,
}

/// Bound sockets that take associations as soon as [`run`](Self::run) is called.
pub struct Listener {
    doors: Vec<Door>,
    renewed: Option<Renewed>,
    config: Config,
    services: Services,
    peers: Peers,
}

/// One socket, in the clear or with TLS.
struct Door {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<watch::Receiver<TlsAcceptor>>,
}

impl Door {
    async fn open(address: SocketAddr, tls: Option<watch::Receiver<TlsAcceptor>>) -> Result<Self, Error> {
        let failed = |source| Error::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls })
    }
}

impl Listener {
    /// Binds the listen address of the config, and that with TLS when there is one.
    ///
    /// # Errors
    /// [`Error::Listen`], [`Error::Tls`].
    pub async fn bind(config: Config, services: Services) -> Result<Self, Error> {
        let mut doors = vec![Door::open(config.listen, None).await?];
        let renewed = match config.tls.address()? {
            Some(address) => {
                let renewed = Renewed::new(config.tls.clone())?;
                doors.push(Door::open(address, Some(renewed.acceptor())).await?);
                Some(renewed)
            }
            None => None,
        };
        Ok(Self { doors, renewed, config, services, peers: Peers::default() })
    }

    /// Knows these peers; without them it knows nobody.
    #[must_use]
    pub fn knowing(mut self, peers: Peers) -> Self {
        self.peers = peers;
        self
    }

    /// Where it listens; tells the port when the config has port 0.
    pub fn address(&self) -> SocketAddr {
        self.doors[0].address
    }

    /// Where it listens with TLS.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.doors.get(1).map(|door| door.address)
    }

    /// Accepts until `stop`; returns when the associations have ended. Those between two messages are aborted at
    /// once, those inside of one may finish it within 20 seconds.
    pub async fn run(self, stop: CancellationToken) {
        let limits = Limits::new(&self.config);
        let Self { doors, renewed, config, services, peers } = self;
        let tasks = TaskTracker::new();
        if let Some(renewed) = renewed {
            tasks.spawn(renewed.keep(stop.clone()));
        }
        let shared = Arc::new(Shared { config, services, peers, stop });
        let accepting = doors.into_iter().map(|door| accept(door, &tasks, &limits, &shared));
        futures_util::future::join_all(accepting).await;
        tasks.close();
        if tokio::time::timeout(STOP_GRACE, tasks.wait()).await.is_err() {
            tracing::warn!(associations = tasks.len(), "associations did not end in time");
        }
    }
}

/// Never waits for a peer: what a connection says is read by its own task.
async fn accept(door: Door, tasks: &TaskTracker, limits: &Arc<Limits>, shared: &Arc<Shared>) {
    let with_tls = door.tls.is_some();
    tracing::info!(address = %door.address, with_tls, ae = %shared.config.ae_title, "listening for associations");
    while let Some(accepted) = shared.stop.run_until_cancelled(door.socket.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let tls = door.tls.as_ref().map(|acceptor| acceptor.borrow().clone());
                spawn(tasks, limits, shared, Connection { stream, peer, tls });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A connection of which nothing was read.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Connection {
    /// The TLS handshake, where there is one, within the time of an association request.
    async fn opened(self, shared: &Shared) -> Option<Stream> {
        let Some(tls) = self.tls else { return Some(self.stream.into()) };
        let shaken = tokio::time::timeout(shared.config.association_timeout(), tls.accept(self.stream)).await;
        match shaken {
            Ok(Ok(stream)) => return Some(Stream::Tls(Box::new(stream.into()))),
            Ok(Err(error)) => tracing::warn!(peer = %self.peer, %error, "no TLS was agreed on"),
            Err(_) => tracing::info!(peer = %self.peer, "no TLS was agreed on in time"),
        }
        metrics::counter!("dimse_tls_failed_total").increment(1);
        None
    }
}

fn spawn(tasks: &TaskTracker, limits: &Arc<Limits>, shared: &Arc<Shared>, connection: Connection) {
    let (shared, peer) = (Arc::clone(shared), connection.peer);
    let address = peer.ip().to_canonical();
    match limits.admit(address, shared.peers.standing(address)) {
        Admission::Admitted(permit) => drop(tasks.spawn(async move {
            if let Some(stream) = connection.opened(&shared).await {
                association::serve(stream, peer, &shared).await;
            }
            drop(permit);
        })),
        Admission::Busy(permit) => drop(tasks.spawn(async move {
            if let Some(stream) = connection.opened(&shared).await {
                association::turn_away(stream, peer, &shared).await;
            }
            drop(permit);
        })),
        Admission::Overrun => tracing::debug!(%peer, "too many connections: closed unheard"),
    }
}
