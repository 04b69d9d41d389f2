//! The accept loop: connections become requests that say who asks.
//!
//! It is ours rather than axum's because the peer's certificate has to reach the handlers. A slow peer holds nobody up:
//! handshakes happen in tasks of their own, and whoever sends no request in time is hung up on.

use crate::{
    admission::{Admission, Line, Peer, PeerAddr, Transport},
    head::without_a_false_length,
};
use axum::{
    Router,
    body::Body,
    http::{Extensions, Method, Request},
};
use futures_util::TryFutureExt;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use imaging_domain::Principal;
use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// What a door allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once; more wait to be accepted.
    pub max_connections: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time for the first request, and for the header of each.
    pub header: Duration,
    /// Time for requests under way when the door closes.
    pub drain: Duration,
}

impl Default for Limits {
    /// 1024 connections, 10 s, 10 s, 5 s.
    fn default() -> Self {
        let ten = Duration::from_secs(10);
        Self { max_connections: 1024, handshake: ten, header: ten, drain: Duration::from_secs(5) }
    }
}

/// How much of a request's header is read: a list of 10,000 frames or 1,000 UIDs fits.
const MAX_HEADER_BYTES: u32 = 128 * 1024;
/// Streams of one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// How often a silent HTTP/2 peer is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// How long accepting rests when the machine has no file descriptor left.
const REST: Duration = Duration::from_millis(100);

/// Serves HTTP/1.1 and HTTP/2, upgrades included, until `shutdown`; then waits for requests under way, at most
/// [`Limits::drain`]. Without an acceptor the door is in the clear. `identify` is asked once for each connection, after
/// its handshake; with `None` it is hung up on.
pub async fn serve<I, F>(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    identify: I,
    limits: Limits,
    shutdown: CancellationToken,
) where
    I: Fn(Peer) -> F + Send + Sync + 'static,
    F: Future<Output = Option<Admission>> + Send,
{
    let (force, tasks) = (CancellationToken::new(), TaskTracker::new());
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    let door = Arc::new(Door { acceptor, router, identify, limits, shutdown, force: force.clone() });
    while let Some((stream, addr, slot)) = door.next(&listener, &slots).await {
        let door = door.clone();
        tasks.spawn(async move {
            door.welcome(stream, addr).await;
            drop(slot);
        });
    }
    drop(listener);
    tasks.close();
    if timeout(limits.drain, tasks.wait()).await.is_err() {
        tracing::warn!(connections = tasks.len(), "connections cut at shutdown");
        force.cancel();
        tasks.wait().await;
    }
}

struct Door<I> {
    acceptor: Option<TlsAcceptor>,
    router: Router,
    identify: I,
    limits: Limits,
    shutdown: CancellationToken,
    force: CancellationToken,
}

impl<I, F> Door<I>
where
    I: Fn(Peer) -> F + Send + Sync + 'static,
    F: Future<Output = Option<Admission>> + Send,
{
    /// The next connection, when there is room for it; `None` at shutdown.
    async fn next(
        &self,
        listener: &TcpListener,
        slots: &Arc<Semaphore>,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let accept = async {
            // The semaphore is never closed.
            let slot = slots.clone().acquire_owned().await.ok()?;
            loop {
                match listener.accept().await {
                    Ok((stream, addr)) => return Some((stream, addr, slot)),
                    Err(error) => {
                        tracing::warn!(%error, "accept failed");
                        sleep(REST).await;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => None,
            next = accept => next,
        }
    }

    async fn welcome(&self, stream: TcpStream, addr: SocketAddr) {
        // Answers end in small chunks; without this each waits for the peer's delayed acknowledgement.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let Some(acceptor) = &self.acceptor else {
            return self.admit(stream, Peer { addr, transport: Transport::Plain, certificates: vec![] }).await;
        };
        let handshake = tokio::select! {
            () = self.shutdown.cancelled() => return,
            handshake = timeout(self.limits.handshake, acceptor.accept(stream)) => handshake,
        };
        match handshake {
            Ok(Ok(stream)) => {
                let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let certificates = shown.iter().map(|certificate| certificate.clone().into_owned()).collect();
                Box::pin(self.admit(stream, Peer { addr, transport: Transport::Tls, certificates })).await;
            }
            Ok(Err(error)) => tracing::debug!(%addr, %error, "tls handshake failed"),
            Err(_) => tracing::debug!(%addr, "tls handshake took too long"),
        }
    }

    async fn admit<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S, peer: Peer) {
        let (addr, transport) = (peer.addr, peer.transport);
        match (self.identify)(peer).await {
            Some(admission) => self.talk(stream, addr, transport, admission).await,
            None => tracing::info!(%addr, "connection refused"),
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        addr: SocketAddr,
        transport: Transport,
        Admission { principal, cut }: Admission,
    ) {
        let spoke = Arc::new(AtomicBool::new(false));
        let known = introduction(principal, addr, transport, Line::of(cut.clone()));
        let service = hyper::service::service_fn({
            let (router, spoke) = (self.router.clone(), spoke.clone());
            move |mut request: Request<Incoming>| {
                spoke.store(true, Ordering::Relaxed);
                request.extensions_mut().extend(known.clone());
                let is_head = request.method() == Method::HEAD;
                let answer = router.clone().call(request.map(Body::new));
                answer.map_ok(move |answer| if is_head { without_a_false_length(answer) } else { answer })
            }
        });
        let builder = builder(&self.limits);
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // Telling HTTP/1 from HTTP/2 by the first bytes has no time limit of its own.
        let mut first = pin!(sleep(self.limits.header));
        let (mut waiting, mut leaving) = (true, false);
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%addr, error, "connection ended");
                    }
                    return;
                }
                () = first.as_mut(), if waiting => {
                    if !spoke.load(Ordering::Relaxed) {
                        return;
                    }
                    waiting = false;
                }
                () = self.shutdown.cancelled(), if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = cut.cancelled() => return,
                () = self.force.cancelled() => return,
            }
        }
    }
}

/// What the requests of a connection say of it.
fn introduction(principal: Principal, addr: SocketAddr, transport: Transport, line: Line) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(principal);
    extensions.insert(PeerAddr(addr));
    extensions.insert(transport);
    extensions.insert(line);
    extensions
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(MAX_HEADER_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES)
        .adaptive_window(true);
    builder
}
