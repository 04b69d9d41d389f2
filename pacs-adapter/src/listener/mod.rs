//! The application entity that peers in the hospital's network connect to.
//!
//! Association PDUs are read and written with `dicom_ul::pdu`; its association type is not used, because it negotiates
//! from a list of transfer syntaxes, cannot turn a peer away for the moment, and copies every fragment twice.

mod association;
mod config;
mod end;
mod extensions;
mod limits;
mod line;
mod negotiate;
mod roles;
mod talk;

pub use config::{CalledAe, Config, PrivateSopClasses};

use crate::{error::Error, services::Services};
use limits::{Admission, Limits};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long open messages may go on after the stop signal.
const STOP_GRACE: Duration = Duration::from_secs(20);
/// How long to wait when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every association needs.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) services: Services,
    pub(crate) stop: CancellationToken,
}

/// A bound socket that takes associations as soon as [`run`](Self::run) is called.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    config: Config,
    services: Services,
}

impl Listener {
    /// Binds the listen address of the config.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub async fn bind(config: Config, services: Services) -> Result<Self, Error> {
        let failed = |source| Error::Listen { address: config.listen, source };
        let socket = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, config, services })
    }

    /// Where it listens; tells the port when the config has port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts until `stop`; returns when the associations have ended. Those between two messages are aborted at
    /// once, those inside of one may finish it within 20 seconds.
    pub async fn run(self, stop: CancellationToken) {
        let limits = Limits::new(self.config.max_associations, self.config.max_associations_per_address);
        let shared = Arc::new(Shared { config: self.config, services: self.services, stop: stop.clone() });
        let tasks = TaskTracker::new();
        tracing::info!(address = %self.address, ae = %shared.config.ae_title, "listening for associations");
        while let Some(accepted) = stop.run_until_cancelled(self.socket.accept()).await {
            match accepted {
                Ok((stream, peer)) => spawn(&tasks, &limits, &shared, stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        tasks.close();
        if tokio::time::timeout(STOP_GRACE, tasks.wait()).await.is_err() {
            tracing::warn!(associations = tasks.len(), "associations did not end in time");
        }
    }
}

fn spawn(tasks: &TaskTracker, limits: &Arc<Limits>, shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr) {
    let shared = Arc::clone(shared);
    match limits.admit(peer.ip().to_canonical()) {
        Admission::Admitted(permit) => drop(tasks.spawn(async move {
            association::serve(stream, peer, &shared).await;
            drop(permit);
        })),
        Admission::Busy(permit) => drop(tasks.spawn(async move {
            association::turn_away(stream, peer, &shared).await;
            drop(permit);
        })),
        Admission::Overrun => tracing::warn!(%peer, "too many connections: closed unheard"),
    }
}
