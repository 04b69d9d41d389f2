//! DICOM over TLS, by DCMTK's tools.

use crate::{dcmtk::run, server::Server};
use imaging_domain::AeTitle;
use pacs_adapter::{Callers, Fingerprint, Peer, Peers};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpStream};

/// Writes an authority and certificates that it signed, `NAME.pem` and `NAME.key`; the fingerprints of those.
pub fn certificates(dir: &Path, authority: &str, names: &[&str]) -> Vec<Fingerprint> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, authority);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let key = KeyPair::generate().unwrap();
    fs::write(dir.join(format!("{authority}.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let made = names.iter().map(|name| {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, *name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        fs::write(dir.join(format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(dir.join(format!("{name}.key")), key.serialize_pem()).unwrap();
        Fingerprint::of(certificate.der())
    });
    made.collect()
}

/// A listener whose peer CT1 must show the certificate `ct1`, with a folder of certificates.
async fn server() -> (TempDir, Server) {
    let dir = tempfile::tempdir().unwrap();
    let pinned = certificates(dir.path(), "hospital", &["adapter", "ct1", "other"])[1];
    certificates(dir.path(), "elsewhere", &["stranger"]);
    let peer = |title: &str, certificate| {
        let ae_title = AeTitle::parse(title).unwrap();
        Peer { ae_title, address: String::new(), from: Vec::new(), certificate, tls: false }
    };
    let peers = Peers::of(vec![peer("CT1", Some(pinned)), peer("FREE", None)]);
    let server = Server::knowing(peers, |config| {
        config.callers = Callers::Known;
        config.association_timeout_s = 2;
        config.tls.listen = "127.0.0.1:0".to_owned();
        config.tls.certificate_file = dir.path().join("adapter.pem");
        config.tls.key_file = dir.path().join("adapter.key");
        config.tls.client_authority_file = dir.path().join("hospital.pem");
    });
    let server = server.await;
    (dir, server)
}

/// Whether one of DCMTK's tools is satisfied, calling by this title and showing this certificate; `None` without the tool.
async fn satisfied(tool: &'static str, dir: &Path, title: &str, certificate: &str, rest: &[&str]) -> Option<bool> {
    let named = |name: String| dir.join(name).to_str().unwrap().to_owned();
    let mut args: Vec<String> = ["-aet", title, "-aec", "ANY"].map(str::to_owned).to_vec();
    if !certificate.is_empty() {
        let [key, own] = ["key", "pem"].map(|kind| named(format!("{certificate}.{kind}")));
        args.extend(["+tls".to_owned(), key, own, "+cf".to_owned(), named("hospital.pem".to_owned())]);
    }
    args.extend(rest.iter().map(|word| (*word).to_owned()));
    run(tool, args).await.map(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn dcmtk_speaks_over_tls_when_its_certificate_is_the_right_one() {
    let (dir, server) = server().await;
    let [plain, tls] = [server.address, server.tls.unwrap()].map(|address| address.port().to_string());
    for (title, certificate, port, expected) in [
        ("CT1", "ct1", &tls, true),
        ("FREE", "other", &tls, true),
        ("FREE", "", &plain, true),
        // another's certificate of the same authority
        ("CT1", "other", &tls, false),
        // without TLS, where a certificate is pinned
        ("CT1", "", &plain, false),
        // an authority that is not ours
        ("FREE", "stranger", &tls, false),
        // nobody knows the title
        ("CT2", "ct1", &tls, false),
        // each protocol at the other's door
        ("FREE", "", &tls, false),
        ("FREE", "other", &plain, false),
    ] {
        let Some(is_satisfied) =
            satisfied("echoscu", dir.path(), title, certificate, &["-to", "5", "localhost", port]).await
        else {
            return;
        };
        assert_eq!(is_satisfied, expected, "{title} {certificate} {port}");
    }
    let path = dir.path().join("image.dcm");
    fs::write(&path, test_data::generator::instance_of_size(100_000, 1)).unwrap();
    let path = path.to_str().unwrap();
    let stored = satisfied("storescu", dir.path(), "CT1", "ct1", &["localhost", &tls, path]).await;
    assert_eq!((stored, server.stored()), (Some(true), 1));
}

#[tokio::test]
async fn without_a_handshake_the_door_closes_again() {
    let (_dir, server) = server().await;
    let mut silent = TcpStream::connect(server.tls.unwrap()).await.unwrap();
    let mut received = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), silent.read_to_end(&mut received)).await.unwrap().unwrap();
    assert!(received.is_empty());
}

#[tokio::test]
async fn settings_of_tls_that_do_not_work_say_so_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    certificates(dir.path(), "hospital", &["a", "b"]);
    let path = |name: &str| dir.path().join(name);
    for (listen, certificate, key, authority, expected) in [
        ("here", "a.pem", "a.key", "hospital.pem", "dimse.tls: listen is no address with a port"),
        ("127.0.0.1:0", "none", "a.key", "hospital.pem", "dimse.tls: a file of certificates cannot be read"),
        ("127.0.0.1:0", "a.pem", "none", "hospital.pem", "dimse.tls: key_file cannot be read"),
        ("127.0.0.1:0", "a.pem", "b.key", "hospital.pem", "dimse.tls: certificate_file and key_file do not fit"),
        ("127.0.0.1:0", "a.pem", "a.key", "a.key", "dimse.tls: a file of certificates cannot be read"),
    ] {
        let tls = pacs_adapter::TlsConfig {
            listen: listen.to_owned(),
            certificate_file: path(certificate),
            key_file: path(key),
            client_authority_file: path(authority),
        };
        let listen = (std::net::Ipv4Addr::LOCALHOST, 0).into();
        let config = pacs_adapter::ListenerConfig {
            listen,
            tls,
            callers: Callers::Any,
            ..pacs_adapter::ListenerConfig::default()
        };
        let services = pacs_adapter::Services::new(crate::server::MemorySink::default());
        let error = pacs_adapter::Listener::bind(config, services).await.err().unwrap();
        assert_eq!(error.to_string(), expected);
    }
}
