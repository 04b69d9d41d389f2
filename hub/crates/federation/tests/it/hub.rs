//! A hub on a loopback socket: real TLS, real index, the room's own use cases behind a few routes.

use crate::instances::{open, site};
use audit_log::AuditLog;
use bytes::Bytes;
use catalog::{Registry, Sqlite};
use federation::{
    Application, Authority, Channels, Credentials, Dialler, ENROL_PATH, Enrolment, FEED_PATH, Identity, Intake, Peer,
    RENEW_PATH, Request as SigningRequest, channel, fingerprint_of_pem, sync::Batch, tls,
};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use imaging_domain::{ErrorKind, Principal, Role, SiteId};
use rustls::ServerConfig;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "TLS looks at dates by the machine's clock")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

#[derive(Clone)]
pub struct Hub {
    pub authority: Authority,
    pub index: Sqlite,
    pub enrolment: Enrolment,
    pub intake: Intake,
    pub channels: Channels,
    /// `host:port` of the listener that demands certificates.
    pub federation: String,
    /// Requests that came through the handshake.
    pub requests: Arc<AtomicUsize>,
    _folder: Arc<TempDir>,
}

impl Hub {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (authority, _) = Authority::create("region", now_ms()).unwrap();
        let credentials = authority.server(&["127.0.0.1".into()], now_ms()).unwrap();
        let (listener, web) = (listener().await, listener().await);
        let federation = listener.local_addr().unwrap().to_string();
        let index = open(folder.path(), "hub.db");
        let (audit, _) = AuditLog::memory(now_ms);
        let enrolment = Enrolment {
            registry: Arc::new(index.clone()),
            authority: authority.clone(),
            audit: audit.clone(),
            clock: now_ms,
            federation: federation.clone(),
            web: web.local_addr().unwrap().to_string(),
        };
        let intake = Intake::new(Arc::new(index.clone()), audit, now_ms);
        let requests = Arc::default();
        let channels = Channels::default();
        let hub =
            Self { authority, index, enrolment, intake, channels, federation, requests, _folder: Arc::new(folder) };
        tokio::spawn(hub.clone().listen(listener, tls::mutual_server(&credentials).unwrap()));
        tokio::spawn(hub.clone().listen(web, tls::web_server(&credentials).unwrap()));
        hub
    }

    /// How many requests were let through.
    pub fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    /// A site's credentials, noted as issued, of this authority.
    pub async fn member(&self, name: &str) -> Credentials {
        let secret = rand::random();
        self.enrolment.invite(&operator(), &site(name), name, secret).await.unwrap();
        let request = SigningRequest::generate().unwrap();
        let application = Application { secret: encoded(&secret), csr_pem: request.csr_pem };
        let enrolled = self.enrolment.enrol(&application).await.unwrap();
        Credentials {
            chain_pem: enrolled.certificate_pem,
            key_pem: request.key_pem,
            authority_pem: enrolled.authority_pem,
        }
    }

    /// A dialler of a site to an address.
    pub fn dialler(address: &str, credentials: &Credentials) -> Dialler {
        Dialler::new(address, tls::mutual_client(credentials).unwrap())
    }

    async fn listen(self, listener: TcpListener, config: Arc<ServerConfig>) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(self.clone().welcome(stream, TlsAcceptor::from(config.clone())));
        }
    }

    async fn welcome(self, stream: TcpStream, acceptor: TlsAcceptor) {
        stream.set_nodelay(true).unwrap();
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let who = match shown.map(|der| Peer::of_certificate(der)) {
            Some(Ok(Peer { identity: Identity::Site(site), fingerprint })) => {
                if !self.index.is_valid(&site, &fingerprint).await.unwrap() {
                    return;
                }
                Principal::Site(site)
            }
            _ => Principal::Anonymous,
        };
        let service = service_fn(move |request| {
            let (hub, who) = (self.clone(), who.clone());
            async move { Ok::<_, Infallible>(hub.answer(who, request).await) }
        });
        // a peer that goes away is what several tests are about
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
    }

    async fn answer(&self, who: Principal, request: Request<Incoming>) -> Response<Full<Bytes>> {
        self.requests.fetch_add(1, SeqCst);
        match request.uri().path() {
            FEED_PATH => {
                let batch: Batch = json(request).await;
                written(self.intake.accept(&who, batch).await)
            }
            ENROL_PATH => written(self.enrolment.enrol(&json(request).await).await),
            RENEW_PATH => written(self.enrolment.renew(&who, &json(request).await).await),
            channel::PATH => {
                let Principal::Site(site) = who else { return status(StatusCode::FORBIDDEN) };
                tokio::spawn(keep(self.channels.clone(), site, request));
                let answer = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
                let answer = answer.header("connection", "upgrade").header("upgrade", channel::PROTOCOL);
                answer.body(Full::default()).unwrap()
            }
            path => panic!("nobody asks for {path}"),
        }
    }
}

async fn keep(channels: Channels, site: SiteId, request: Request<Incoming>) {
    let upgraded = hyper::upgrade::on(request).await.unwrap();
    // a channel that breaks is what several tests are about
    let _ = channels.run(&site, upgraded).await;
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn json<T: DeserializeOwned>(request: Request<Incoming>) -> T {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

fn written<T: Serialize>(answer: Result<T, federation::Error>) -> Response<Full<Bytes>> {
    match answer {
        Ok(answer) => Response::new(serde_json::to_vec(&answer).unwrap().into()),
        Err(error) if error.kind() == ErrorKind::Forbidden => status(StatusCode::FORBIDDEN),
        Err(_) => status(StatusCode::BAD_REQUEST),
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::default()).unwrap()
}

pub fn encoded(secret: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(secret)
}

/// Who may invite.
pub fn operator() -> Principal {
    Principal::User { name: "op".into(), role: Role::Operator }
}

/// A certificate of an authority for a site, with dates of one's own choice, and its key.
pub fn credentials(authority: &Authority, name: &str, from_ms: i64, days: u64) -> Credentials {
    let request = SigningRequest::generate().unwrap();
    let chain_pem = authority.sign(&request.csr_pem, &Identity::Site(site(name)), from_ms, days).unwrap();
    Credentials { chain_pem, key_pem: request.key_pem, authority_pem: authority.certificate_pem().to_owned() }
}

/// Notes a certificate as issued, as enrolment does.
pub async fn note(hub: &Hub, name: &str, credentials: &Credentials) {
    let fingerprint = fingerprint_of_pem(&credentials.chain_pem).unwrap();
    let permit = crate::instances::permit();
    hub.enrolment.invite(&operator(), &site(name), name, rand::random()).await.unwrap();
    hub.index.certify(&permit, &site(name), &fingerprint, now_ms() + DAY_MS).await.unwrap();
}
