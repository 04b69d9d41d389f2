//! Who a request is from, how long a silent peer is suffered, and how the door closes.

use axum::{Extension, Router, body::Body, routing::get};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use imaging_domain::Principal;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    server::WebPkiClientVerifier,
};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::sync::CancellationToken;
use viewer_api::{Admission, Limits, Peer, PeerAddr, Transport, serve};

const SOON: Duration = Duration::from_secs(10);

/// A door that is open; `stop` closes it.
struct Open {
    addr: SocketAddr,
    stop: CancellationToken,
    cut: CancellationToken,
    served: JoinHandle<()>,
}

async fn open(acceptor: Option<TlsAcceptor>, limits: Limits) -> Open {
    let who =
        async |Extension(who): Extension<Principal>,
               Extension(PeerAddr(addr)): Extension<PeerAddr>,
               Extension(transport): Extension<Transport>| { format!("{who} {} {transport:?}", addr.ip()) };
    let slow = async || {
        sleep(Duration::from_millis(300)).await;
        "done"
    };
    let stream = async || Body::from_stream(stream::once(async { Ok::<_, Infallible>("later") }));
    let router = Router::new().route("/who", get(who)).route("/slow", get(slow)).route("/stream", get(stream));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
    let identify = {
        let cut = cut.clone();
        move |peer: Peer| {
            let cut = cut.clone();
            async move {
                let principal = match (peer.transport, peer.certificates.len()) {
                    (Transport::Plain, _) => Principal::Anonymous,
                    (Transport::Tls, 0) => return None,
                    (Transport::Tls, _) => Principal::Machine("tester".into()),
                };
                Some(Admission { principal, cut: cut.child_token() })
            }
        }
    };
    let served = tokio::spawn(serve(listener, acceptor, router, identify, limits, stop.clone()));
    Open { addr, stop, cut, served }
}

fn quick() -> Limits {
    let short = Duration::from_millis(200);
    Limits { handshake: short, header: short, ..Limits::default() }
}

async fn send(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(stream).await
}

/// What comes until the peer hangs up, at most a kilobyte.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut out = vec![];
    let mut limited = stream.take(1024);
    let _ = timeout(SOON, limited.read_buf(&mut out)).await.expect("an answer or the end");
    while timeout(SOON, limited.read_buf(&mut out)).await.expect("the end").is_ok_and(|n| n > 0) {}
    String::from_utf8_lossy(&out).into_owned()
}

#[tokio::test]
async fn a_plain_request_says_from_where() {
    let door = open(None, Limits::default()).await;
    let mut stream = TcpStream::connect(door.addr).await.unwrap();
    assert!(send(&mut stream, "/who").await.ends_with("anonymous 127.0.0.1 Plain"));
}

#[tokio::test]
async fn a_head_has_the_length_of_what_is_given_or_none() {
    let door = open(None, Limits::default()).await;
    for (path, length) in [("/who", Some("Content-Length: 25")), ("/stream", None)] {
        let mut stream = TcpStream::connect(door.addr).await.unwrap();
        let request = format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = rest(&mut stream).await.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
        match length {
            Some(length) => assert!(head.contains(&length.to_ascii_lowercase()), "{head}"),
            None => assert!(!head.contains("content-length"), "{head}"),
        }
    }
}

#[tokio::test]
async fn silent_peers_are_hung_up_on_and_hold_nobody_up() {
    let door = open(None, quick()).await;
    let mut silent = vec![];
    for bytes in [&b""[..], b"GET /who HTT", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = TcpStream::connect(door.addr).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        silent.push(stream);
    }
    let mut stream = TcpStream::connect(door.addr).await.unwrap();
    assert!(send(&mut stream, "/who").await.contains("anonymous"));
    for mut stream in silent {
        rest(&mut stream).await;
    }
}

#[tokio::test]
async fn a_connection_can_be_cut() {
    let door = open(None, Limits::default()).await;
    let mut stream = TcpStream::connect(door.addr).await.unwrap();
    stream.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    door.cut.cancel();
    rest(&mut stream).await;
}

#[tokio::test]
async fn the_door_closes_when_requests_are_answered_or_time_is_up() {
    for (drain, answered) in [(Duration::from_secs(5), true), (Duration::from_millis(10), false)] {
        let door = open(None, Limits { drain, ..Limits::default() }).await;
        let mut stream = TcpStream::connect(door.addr).await.unwrap();
        let request = tokio::spawn(async move { send(&mut stream, "/slow").await });
        sleep(Duration::from_millis(100)).await;
        door.stop.cancel();
        timeout(SOON, door.served).await.expect("closed in time").unwrap();
        assert_eq!(request.await.unwrap().ends_with("done"), answered);
        assert!(TcpStream::connect(door.addr).await.is_err());
    }
}

#[tokio::test]
async fn no_more_connections_than_allowed() {
    let door = open(None, Limits { max_connections: 1, ..Limits::default() }).await;
    let first = TcpStream::connect(door.addr).await.unwrap();
    let mut second = TcpStream::connect(door.addr).await.unwrap();
    second.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    assert!(timeout(Duration::from_millis(200), second.read_exact(&mut byte)).await.is_err());
    drop(first);
    timeout(SOON, second.read_exact(&mut byte)).await.expect("its turn").unwrap();
}

/// A server's acceptor and two clients, one with a certificate and one without.
fn tls() -> (TlsAcceptor, TlsConnector, TlsConnector) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = || PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let roots = Arc::new(roots);
    let verifier = WebPkiClientVerifier::builder(roots.clone()).allow_unauthenticated().build().unwrap();
    let mut server = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.clone()], key())
        .unwrap();
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let client = || ClientConfig::builder().with_root_certificates(roots.clone());
    let known = client().with_client_auth_cert(vec![certificate], key()).unwrap();
    let unknown = client().with_no_client_auth();
    (TlsAcceptor::from(Arc::new(server)), Arc::new(known).into(), Arc::new(unknown).into())
}

#[tokio::test]
async fn a_certificate_says_who_and_none_is_refused() {
    let (acceptor, known, unknown) = tls();
    let door = open(Some(acceptor), quick()).await;
    let idle = TcpStream::connect(door.addr).await.unwrap();
    let name = || ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(door.addr).await.unwrap();
    let mut stream = known.connect(name(), stream).await.unwrap();
    assert!(send(&mut stream, "/who").await.ends_with("machine:tester 127.0.0.1 Tls"));
    let stream = TcpStream::connect(door.addr).await.unwrap();
    if let Ok(mut stream) = unknown.connect(name(), stream).await {
        let _ = stream.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(rest(&mut stream).await, "");
    }
    rest(&mut { idle }).await;
}

#[tokio::test]
async fn http2_is_spoken_to_whoever_negotiated_it() {
    let (acceptor, known, _) = tls();
    let door = open(Some(acceptor), quick()).await;
    let mut config = ClientConfig::clone(known.config());
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(door.addr).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = hyper::Request::get("https://localhost/who").body(Empty::<Bytes>::new()).unwrap();
    let body = sender.send_request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "machine:tester 127.0.0.1 Tls");
    door.stop.cancel();
    timeout(SOON, door.served).await.expect("closed in time").unwrap();
    let _ = timeout(SOON, connection).await.expect("told to go away");
}
