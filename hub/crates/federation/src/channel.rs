//! The retrieve channel: HTTP/2 over a connection the hospital opened, with the hospital as the server.
//!
//! Both ends ping when nothing moves, so that a connection of which only one side knows that it is dead is noticed
//! within twenty seconds.

use crate::error::Error;
use archive::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http2::{self, SendRequest},
    service::service_fn,
    upgrade::Upgraded,
};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use imaging_domain::SiteId;
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::time::timeout;

/// Path of the upgrade on the listener of hospitals.
pub const PATH: &str = "/federation/channel";
/// The protocol's name in the upgrade.
pub const PROTOCOL: &str = "regional-imaging-channel/1";
/// How long nothing may move before a ping, and how long its answer may take.
pub const PING: Duration = Duration::from_secs(10);
/// How long a hospital may take to begin an answer, and between two pieces of it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes on the way per request and per channel.
const STREAM_WINDOW: u32 = 4 << 20;
const CHANNEL_WINDOW: u32 = 16 << 20;
const MAX_REQUESTS: u32 = 256;

/// The hospital's end: answers the hub's requests until the channel breaks.
///
/// # Errors
/// [`Error::Connection`] when it broke rather than ended.
pub async fn serve<S, F, B>(upgraded: Upgraded, service: S) -> Result<(), Error>
where
    S: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Result<Response<B>, std::convert::Infallible>> + Send + 'static,
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
    builder.initial_connection_window_size(CHANNEL_WINDOW).initial_stream_window_size(STREAM_WINDOW);
    builder.max_concurrent_streams(MAX_REQUESTS).max_frame_size(1 << 18);
    let ended = builder.serve_connection(upgraded, service_fn(service)).await;
    ended.map_err(|error| Error::connection("answer the hub")(error.into()))
}

type Asker = SendRequest<Empty<Bytes>>;

/// The hub's ends of all channels, by site. Cheap to clone.
#[derive(Clone, Default)]
pub struct Channels {
    sites: Arc<RwLock<HashMap<SiteId, Vec<Asker>>>>,
}

impl Channels {
    /// Takes over a connection that a site opened and keeps it until it breaks.
    ///
    /// # Errors
    /// [`Error::Connection`] when it broke rather than ended.
    pub async fn run(&self, site: &SiteId, upgraded: Upgraded) -> Result<(), Error> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_while_idle(true);
        builder.keep_alive_interval(PING).keep_alive_timeout(PING).max_frame_size(1 << 18);
        builder.initial_connection_window_size(CHANNEL_WINDOW).initial_stream_window_size(STREAM_WINDOW);
        let (asker, connection) = builder.handshake(upgraded).await.map_err(broken)?;
        self.write().entry(site.clone()).or_default().push(asker);
        let ended = connection.await;
        self.forget_closed(site);
        ended.map_err(broken)
    }

    /// Whether the site can be asked now.
    pub fn is_connected(&self, site: &SiteId) -> bool {
        self.asker(site).is_some()
    }

    /// Ends a site's channels at once.
    pub fn cut(&self, site: &SiteId) {
        self.write().remove(site);
    }

    /// Asks a site; the answer's body comes in pieces, each awaited no longer than 20 s.
    ///
    /// # Errors
    /// [`Error::Connection`] without a channel, [`Error::Answer`] for any status but success.
    pub async fn ask(&self, site: &SiteId, path: &str, accept: &str) -> Result<Body, Error> {
        let mut asker = self.asker(site).ok_or(Error::Answer("by no channel".into()))?;
        let request = Request::get(format!("https://{site}{path}")).header("accept", accept).body(Empty::new());
        let request = request.map_err(|error| Error::connection("write the request")(error.into()))?;
        let response = timeout(ANSWER_TIMEOUT, asker.send_request(request)).await;
        let response = response.map_err(|_| Error::Timeout)?.map_err(broken)?;
        if !response.status().is_success() {
            return Err(Error::Answer(format!("with status {}", response.status().as_u16())));
        }
        Ok(pieces(response.into_body()))
    }

    fn asker(&self, site: &SiteId) -> Option<Asker> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        sites.get(site)?.iter().rev().find(|asker| !asker.is_closed()).cloned()
    }

    fn forget_closed(&self, site: &SiteId) {
        let mut sites = self.write();
        if let Some(askers) = sites.get_mut(site) {
            askers.retain(|asker| !asker.is_closed());
        }
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<SiteId, Vec<Asker>>> {
        self.sites.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body as pieces; a piece that does not come in time, or a body that breaks off, is an error.
pub(crate) fn pieces(body: Incoming) -> Body {
    let next = async |mut body: Incoming| loop {
        match timeout(ANSWER_TIMEOUT, body.frame()).await {
            Ok(None) => return None,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => return Some((Ok(data), body)),
                Err(_) => continue,
            },
            Ok(Some(Err(_))) | Err(_) => return Some((Err(archive::Error::Unavailable), body)),
        }
    };
    stream::unfold(body, next).boxed()
}

fn broken(error: hyper::Error) -> Error {
    Error::connection("ask the hospital")(error.into())
}
