//! The client: HTTP/1.1 over a kept connection, with TLS or without.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, StatusCode,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::{net::SocketAddr, sync::Arc, time::Duration, time::Instant};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// One of the two servers.
#[derive(Clone)]
pub struct Door {
    /// For messages.
    pub name: &'static str,
    address: SocketAddr,
    base: &'static str,
    tls: Option<Arc<ClientConfig>>,
}

/// A connection that is kept.
pub struct Line {
    door: Door,
    sender: SendRequest<Empty<Bytes>>,
}

/// One answer.
pub struct Answer {
    /// Of the body.
    pub bytes: u64,
    /// From the request's first byte to the body's last one.
    pub took: Duration,
}

impl Door {
    /// A server without TLS.
    pub fn plain(name: &'static str, address: SocketAddr, base: &'static str) -> Self {
        Self { name, address, base, tls: None }
    }

    /// A server with mutual TLS.
    pub fn mutual(name: &'static str, address: SocketAddr, base: &'static str, tls: Arc<ClientConfig>) -> Self {
        Self { name, address, base, tls: Some(tls) }
    }

    /// Connects.
    pub async fn dial(&self) -> Result<Line> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let sender = match &self.tls {
            None => speak(stream).await?,
            Some(tls) => {
                let name = ServerName::from(self.address.ip());
                speak(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?).await?
            }
        };
        Ok(Line { door: self.clone(), sender })
    }
}

async fn speak<S>(stream: S) -> Result<SendRequest<Empty<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // it ends when the sender is dropped
    tokio::spawn(connection);
    Ok(sender)
}

impl Line {
    /// Asks and reads the whole answer, keeping nothing of it. Anything but 200 and 204 is an error.
    pub async fn get(&mut self, path: &str, accept: &str) -> Result<Answer> {
        let mut bytes = 0;
        let took = self.read(path, accept, |piece| bytes += piece.len() as u64).await?;
        Ok(Answer { bytes, took })
    }

    /// Asks and keeps the answer.
    pub async fn body(&mut self, path: &str, accept: &str) -> Result<Vec<u8>> {
        let mut body = vec![];
        self.read(path, accept, |piece| body.extend_from_slice(piece)).await?;
        Ok(body)
    }

    async fn read(&mut self, path: &str, accept: &str, mut piece: impl FnMut(&[u8])) -> Result<Duration> {
        let begun = Instant::now();
        self.sender.ready().await?;
        let request = Request::get(format!("{}{path}", self.door.base)).header("host", self.door.address.to_string());
        let request = request.header("accept", accept).body(Empty::new())?;
        let answer = self.sender.send_request(request).await.with_context(|| self.door.name)?;
        let status = answer.status();
        let mut body = answer.into_body();
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame?.data_ref() {
                piece(data);
            }
        }
        let fine = matches!(status, StatusCode::OK | StatusCode::NO_CONTENT);
        ensure!(fine, "{} answers {status} to {path}", self.door.name);
        Ok(begun.elapsed())
    }
}
