//! Patients who open their links at the same moment.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    client::conn::http1::{self, SendRequest},
    header::SET_COOKIE,
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use test_data::generator::Place;
use tokio::{net::TcpSocket, task::JoinSet};
use tokio_rustls::TlsConnector;

/// Longer than the listener may take to get round to everybody.
const BACKLOG_PATIENCE: Duration = Duration::from_secs(120);

/// Somebody with a slip of paper.
pub struct Patient {
    from: Ipv4Addr,
    token: String,
    pin: String,
    place: Place,
}

impl Patient {
    /// Number so and so, of an address of its own; two of them are neighbours (a /24 has a budget too).
    pub fn new(number: u64, url: &str, pin: String, place: Place) -> Result<Self> {
        let (_, token) = url.split_once('#').context("the link has no secret")?;
        let from = Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 1).to_bits() + 128 * u32::try_from(number)?);
        Ok(Self { from, token: token.to_owned(), pin, place })
    }
}

/// How long everybody waited, from connecting on.
#[derive(Default)]
pub struct Waited {
    /// For the page with all its files.
    pub page: Vec<Duration>,
    /// For the link's contents, after the PIN.
    pub opened: Vec<Duration>,
    /// For the first picture.
    pub picture: Vec<Duration>,
    /// Who saw none.
    pub errors: usize,
    /// Until everybody was served.
    pub took: Duration,
}

/// Lets all of them come at once.
pub async fn all_at_once(to: SocketAddr, authority_pem: &str, patients: Vec<Patient>) -> Result<Waited> {
    let tls = trusting(authority_pem)?;
    let begun = Instant::now();
    let mut coming = JoinSet::new();
    for patient in patients {
        let tls = Arc::clone(&tls);
        coming.spawn(async move { tokio::time::timeout(BACKLOG_PATIENCE, visit(to, tls, patient)).await });
    }
    let mut out = Waited::default();
    while let Some(ended) = coming.join_next().await {
        match ended? {
            Ok(Ok([page, opened, picture])) => {
                out.page.push(page);
                out.opened.push(opened);
                out.picture.push(picture);
            }
            Ok(Err(error)) => {
                if out.errors == 0 {
                    println!("  the first error: {error:#}");
                }
                out.errors += 1;
            }
            Err(_) => out.errors += 1,
        }
    }
    out.took = begun.elapsed();
    Ok(out)
}

fn trusting(authority_pem: &str) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority_pem.as_bytes())?)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    Ok(Arc::new(builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth()))
}

async fn visit(to: SocketAddr, tls: Arc<ClientConfig>, patient: Patient) -> Result<[Duration; 3]> {
    let begun = Instant::now();
    let socket = TcpSocket::new_v4()?;
    socket.bind((patient.from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    let stream = TlsConnector::from(tls).connect(ServerName::from(to.ip()), stream).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut line = Line { sender, host: to.to_string(), cookie: String::new() };
    let page = String::from_utf8(line.get("/s", "text/html").await?)?;
    for file in page.split('"').filter(|text| text.starts_with("/s/assets/")) {
        line.get(file, "*/*").await?;
    }
    let asked_for = begun.elapsed();
    let secrets = serde_json::json!({ "token": patient.token, "pin": patient.pin });
    line.post("/s/api/open", &secrets.to_string()).await?;
    let opened = begun.elapsed();
    let Place { study, series, instance } = &patient.place;
    let path = format!("/s/dicomweb/studies/{study}/series/{series}/instances/{instance}/rendered?viewport=1024,1024");
    let picture = line.get(&path, "image/jpeg").await?;
    ensure!(picture.starts_with(&[0xff, 0xd8]), "the picture is none");
    Ok([asked_for, opened, begun.elapsed()])
}

struct Line {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
}

impl Line {
    async fn get(&mut self, path: &str, accept: &str) -> Result<Vec<u8>> {
        let request = Request::get(path).header("accept", accept).header("cookie", &self.cookie);
        self.ask(request.header("host", &self.host).body(Full::default())?).await
    }

    async fn post(&mut self, path: &str, json: &str) -> Result<Vec<u8>> {
        let request = Request::post(path).header("content-type", "application/json").header("host", &self.host);
        self.ask(request.body(Full::new(json.to_owned().into()))?).await
    }

    async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Vec<u8>> {
        let path = request.uri().path().to_owned();
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            self.cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        }
        let body = answer.into_body().collect().await?.to_bytes();
        ensure!(status == StatusCode::OK, "{status} to {path}");
        Ok(body.into())
    }
}
