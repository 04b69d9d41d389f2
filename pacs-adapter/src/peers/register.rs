//! Who may speak: the configuration's peers, those who were allowed since, and those who were refused.

use super::{
    config::{Caller, Listens, Peer},
    known::{Forgotten, KnownBy, KnownPeer, Standing},
    refused::RefusedCaller,
    stored::{Allowed, Stored},
};
use imaging_domain::AeTitle;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The most peers that may be allowed beside the configuration.
const MAX_ALLOWED: usize = 1000;
/// The shortest time between two writings of who was refused.
const PAUSE: Duration = Duration::from_secs(1);

/// Who may speak. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Peers(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    configured: Vec<Peer>,
    /// Where it is kept; `None` in memory alone.
    dir: Option<PathBuf>,
    stored: Mutex<Stored>,
    /// Held while the file is written, so that an older state never follows a newer one.
    writing: Mutex<()>,
    refused: Notify,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Peers {
    /// The configuration's peers, kept nowhere.
    pub fn of(configured: Vec<Peer>) -> Self {
        Self(Arc::new(Inner { configured, ..Inner::default() }))
    }

    /// The configuration's peers, with those who were allowed or refused as the adapter's folder has them.
    ///
    /// # Errors
    /// When the folder's list cannot be read.
    pub fn open(configured: Vec<Peer>, dir: PathBuf) -> io::Result<Self> {
        let stored = Mutex::new(Stored::read(&dir)?);
        Ok(Self(Arc::new(Inner { configured, dir: Some(dir), stored, ..Inner::default() })))
    }

    /// Everybody who is known, those of the configuration first.
    pub fn known(&self) -> Vec<KnownPeer> {
        let configured = self.0.configured.iter().cloned();
        let configured = configured.map(|peer| KnownPeer { peer, by: KnownBy::Configuration });
        let stored = locked(&self.0.stored);
        let allowed = stored.allowed.iter().cloned();
        let allowed = allowed.map(|Allowed { peer, since_ms }| KnownPeer { peer, by: KnownBy::Allowed { since_ms } });
        configured.chain(allowed).collect()
    }

    /// Who was refused and not allowed since, the last first.
    pub fn refused(&self) -> Vec<RefusedCaller> {
        locked(&self.0.stored).refused.list()
    }

    /// Whether a caller is one of those who are known.
    pub fn knows(&self, caller: &Caller) -> bool {
        self.0.configured.iter().any(|peer| peer.is(caller))
            || locked(&self.0.stored).allowed.iter().any(|allowed| allowed.peer.is(caller))
    }

    /// What an address is to the hospital.
    pub(crate) fn standing(&self, address: IpAddr) -> Standing {
        let stored = locked(&self.0.stored);
        let peers = || self.0.configured.iter().chain(stored.allowed.iter().map(|allowed| &allowed.peer));
        if peers().any(|peer| peer.calls_from(address)) {
            Standing::Known
        } else if peers().any(Peer::has_addresses) {
            Standing::Unknown
        } else {
            Standing::Nobody
        }
    }

    /// Notes that a caller was refused. [`keep`](Self::keep) writes it down.
    pub(crate) fn refuse(&self, caller: &Caller, now_ms: i64) {
        locked(&self.0.stored).refused.add(&caller.ae_title, caller.address, now_ms);
        self.0.refused.notify_one();
    }

    /// Lets a title from an address speak from now on; whether it was refused before does not matter. With a port it is one that
    /// is called there, too; given again, that counts. After `Ok` it survives a power loss.
    ///
    /// # Errors
    /// When it cannot be written down, or 1000 are allowed already; then nobody new is allowed.
    pub async fn allow(
        &self,
        ae_title: &AeTitle,
        (address, listens): (IpAddr, Option<Listens>),
        now_ms: i64,
    ) -> io::Result<()> {
        let (ae_title, address) = (ae_title.clone(), address.to_canonical());
        self.change(move |stored| {
            stored.refused.remove(&ae_title, address);
            let at = |it: Listens| SocketAddr::new(address, it.port.get()).to_string();
            let (ae_title, from) = (ae_title.clone(), vec![address.into()]);
            let tls = listens.is_some_and(|it| it.tls);
            let peer = Peer { ae_title, address: listens.map(at).unwrap_or_default(), from, certificate: None, tls };
            let same =
                |allowed: &&mut Allowed| (&allowed.peer.ae_title, &allowed.peer.from) == (&peer.ae_title, &peer.from);
            if let Some(known) = stored.allowed.iter_mut().find(same) {
                known.peer = peer;
                return Ok(());
            }
            if stored.allowed.len() >= MAX_ALLOWED {
                return Err(io::Error::other("too many peers are allowed beside the configuration"));
            }
            stored.allowed.push(Allowed { peer, since_ms: now_ms });
            Ok(())
        })
        .await
    }

    /// Takes a title from an address out of those allowed, or out of those refused when it is not allowed. Its open
    /// associations go on.
    ///
    /// # Errors
    /// When it cannot be written down; then nothing is changed.
    pub async fn forget(&self, ae_title: &AeTitle, address: IpAddr) -> io::Result<Forgotten> {
        let (ae_title, address) = (ae_title.clone(), address.to_canonical());
        self.change(move |stored| {
            let before = stored.allowed.len();
            stored.allowed.retain(|it| it.peer.ae_title != ae_title || it.peer.from != [address.into()]);
            Ok(if stored.allowed.len() < before {
                Forgotten::Allowed
            } else if stored.refused.remove(&ae_title, address) {
                Forgotten::Refused
            } else {
                Forgotten::Nobody
            })
        })
        .await
    }

    /// Writes down who is refused, at most once a second, until told to stop.
    pub async fn keep(self, stop: CancellationToken) {
        while stop.run_until_cancelled(self.0.refused.notified()).await.is_some() {
            self.written().await;
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
        self.written().await;
    }

    async fn written(&self) {
        if let Err(error) = self.change(|_| Ok(())).await {
            tracing::warn!(%error, "who was refused cannot be written down");
        }
    }

    /// Changes a copy and writes it; only then is it so. `change` is called twice, because somebody may be refused meanwhile.
    async fn change<T: Send + 'static>(
        &self,
        change: impl Fn(&mut Stored) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let inner = Arc::clone(&self.0);
        let changed = tokio::task::spawn_blocking(move || {
            let _writing = locked(&inner.writing);
            let mut new = locked(&inner.stored).clone();
            change(&mut new)?;
            if let Some(dir) = &inner.dir {
                new.write(dir)?;
            }
            change(&mut locked(&inner.stored))
        });
        changed.await.map_err(io::Error::other)?
    }
}
