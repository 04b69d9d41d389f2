//! Dialling: TCP, TLS, HTTP/1.1, and how long to wait before the next try. The only place that retries.

use crate::error::Error;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// How long dialling, or waiting for an answer's head, may take.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer that is read whole.
const MAX_ANSWER: usize = 16 << 20;
/// The most bytes of a refusal that are read.
const MAX_REFUSAL: usize = 4 << 10;
/// What was being done when the hub's certificate was not the right one, or ours was not taken.
pub(crate) const TLS: &str = "agree on TLS with the hub";
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// A peer that can be dialled.
#[derive(Clone)]
pub struct Dialler {
    address: String,
    tls: Arc<ClientConfig>,
}

/// One HTTP/1.1 connection over TLS.
pub struct Line {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Dialler {
    /// A dialler of `host:port`.
    pub fn new(address: impl Into<String>, tls: Arc<ClientConfig>) -> Self {
        Self { address: address.into(), tls }
    }

    /// Connects.
    ///
    /// # Errors
    /// [`Error::Connection`] or [`Error::Timeout`]; also when the hub refuses the certificate.
    pub async fn dial(&self) -> Result<Line, Error> {
        in_time(self.connect()).await
    }

    async fn connect(&self) -> Result<Line, Error> {
        let (sender, connection) = http1::handshake(TokioIo::new(self.stream().await?)).await.map_err(broken)?;
        // owned by the line: it ends when the line's sender is dropped or the hub closes
        tokio::spawn(connection.with_upgrades());
        Ok(Line { sender, host: self.address.clone() })
    }

    /// A connection as soon as TLS is agreed on, for whichever protocol.
    pub(crate) async fn stream(&self) -> Result<TlsStream<TcpStream>, Error> {
        let host = self.address.rsplit_once(':').map_or(self.address.as_str(), |(host, _)| host);
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|error| Error::connection("name the hub")(error.into()))?;
        let stream = TcpStream::connect(&self.address).await;
        let stream = stream.map_err(|error| Error::connection("reach the hub")(error.into()))?;
        stream.set_nodelay(true).map_err(|error| Error::connection("set up the connection")(error.into()))?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await;
        stream.map_err(|error| Error::connection(TLS)(error.into()))
    }
}

impl Line {
    /// Sends JSON and reads the JSON answer.
    ///
    /// # Errors
    /// [`Error::Refused`] when the hub says no, [`Error::Answer`] for any other answer than success.
    pub async fn post<B: Serialize, A: DeserializeOwned>(&mut self, path: &str, body: &B) -> Result<A, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::connection("write the request")(error.into()))?;
        let request = Request::post(path).header("host", &self.host).header("content-type", "application/json");
        self.exchange(request.body(Full::new(Bytes::from(body)))).await
    }

    /// Asks and reads the JSON answer.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub async fn get<A: DeserializeOwned>(&mut self, path: &str, accept: &str) -> Result<A, Error> {
        let request = Request::get(path).header("host", &self.host).header("accept", accept).body(Full::default());
        self.exchange(request).await
    }

    async fn exchange<A: DeserializeOwned>(
        &mut self,
        request: Result<Request<Full<Bytes>>, hyper::http::Error>,
    ) -> Result<A, Error> {
        let request = request.map_err(|error| Error::connection("write the request")(error.into()))?;
        in_time(async {
            // the last answer may have been read before the connection's task noticed that it can take another request
            self.sender.ready().await.map_err(broken)?;
            let response = success(self.sender.send_request(request).await.map_err(broken)?).await?;
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            let body = body.map_err(Error::connection("read the answer"))?.to_bytes();
            // 204 says nothing
            let body = if body.is_empty() { &b"null"[..] } else { &body };
            serde_json::from_slice(body).map_err(|_| Error::Answer("no JSON of ours".into()))
        })
        .await
    }

    /// Asks for another protocol on this connection (RFC 9110 7.8) and hands the connection over.
    ///
    /// # Errors
    /// [`Error::Answer`] when the hub does not switch.
    pub async fn upgrade(mut self, path: &str, protocol: &str) -> Result<hyper::upgrade::Upgraded, Error> {
        let request = Request::get(path)
            .header("host", &self.host)
            .header("connection", "upgrade")
            .header("upgrade", protocol)
            .body(Full::default());
        let request = request.map_err(|error| Error::connection("write the request")(error.into()))?;
        in_time(async {
            self.sender.ready().await.map_err(broken)?;
            let response = self.sender.send_request(request).await.map_err(broken)?;
            if response.status().as_u16() != 101 {
                success(response).await?;
                return Err(Error::Answer("without switching protocols".into()));
            }
            hyper::upgrade::on(response).await.map_err(broken)
        })
        .await
    }
}

/// Waits between tries: doubling from 0.2 s to 15 s, each shortened by chance so that twelve hospitals don't come back
/// in the same moment.
#[derive(Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// It worked: begin anew.
    pub fn reset(&mut self) {
        self.tries = 0;
    }

    /// How long to wait now, `chance` being between 0 and 1.
    pub fn wait(&mut self, chance: f64) -> Duration {
        let full = FIRST_WAIT.saturating_mul(1 << self.tries.min(16)).min(LONGEST_WAIT);
        self.tries += 1;
        full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

pub(crate) async fn in_time<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(ANSWER_TIMEOUT, work).await.unwrap_or(Err(Error::Timeout))
}

pub(crate) fn broken(error: hyper::Error) -> Error {
    Error::connection("talk to the hub")(error.into())
}

async fn success(response: Response<Incoming>) -> Result<Response<Incoming>, Error> {
    match response.status().as_u16() {
        200..=299 => Ok(response),
        401 | 403 => Err(Error::Refused),
        status => match word(response).await {
            Some(word) => Err(Error::Answer(format!("with status {status}: {word}"))),
            None => Err(Error::Answer(format!("with status {status}"))),
        },
    }
}

/// What the hub gives of images to a hospital that asks for them.
pub(crate) fn images(response: Response<Incoming>) -> Result<Incoming, archive::Error> {
    match response.status().as_u16() {
        200..=299 => Ok(response.into_body()),
        404 | 410 => Err(archive::Error::NotFound("study")),
        400 | 406 | 414 | 431 => Err(archive::Error::Unsupported("the hub does not answer this question")),
        _ => Err(archive::Error::Unavailable),
    }
}

/// The word of a refusal, where the peer gave one (`{"error": "not-found"}`); anything else than a word is not repeated.
async fn word(response: Response<Incoming>) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let body = Limited::new(response.into_body(), MAX_REFUSAL).collect().await.ok()?.to_bytes();
    let Refusal { error } = serde_json::from_slice(&body).ok()?;
    let is_word = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_word.then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{server, service::service_fn};

    /// The second request could come before the connection's task had seen the end of the first answer.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_line_takes_request_after_request() {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let answer = service_fn(async |_: Request<Incoming>| {
            Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::from("[1]")))
        });
        tokio::spawn(server::conn::http1::Builder::new().serve_connection(TokioIo::new(theirs), answer));
        let (sender, connection) = http1::handshake(TokioIo::new(ours)).await.unwrap();
        tokio::spawn(connection);
        let mut line = Line { sender, host: "hub".into() };
        for number in 0..5000 {
            let answer = line.get::<Vec<u8>>("/", "application/json").await;
            assert_eq!(answer.unwrap_or_else(|error| panic!("request {number}: {error:?}")), [1]);
        }
    }

    #[test]
    fn waits_grow_to_a_limit_and_differ() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..9).map(|_| backoff.wait(1.0).as_millis()).collect();
        assert_eq!(waits, [200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
        assert_eq!(backoff.wait(0.0).as_millis(), 7500);
        backoff.reset();
        assert_eq!(backoff.wait(1.0).as_millis(), 200);
    }
}
