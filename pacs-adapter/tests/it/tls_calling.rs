//! DICOM over TLS where the adapter calls, to DCMTK's tools, to pynetdicom and to its own door.

use crate::{
    house::root,
    programs::{Program, free_port, peer},
    requester::{files, store_file},
    server::Server,
    tls::certificates,
};
use dimse::Status;
use imaging_domain::AeTitle;
use pacs_adapter::{Fingerprint, Peer, Requester, RequesterConfig, RequesterError, RequesterTlsConfig};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;
use test_data::sender::read_meta;

/// A requester that shows a certificate and trusts an authority; an empty name is none.
fn requester(dir: &Path, certificate: &str, authority: &str) -> Requester {
    let file =
        |name: &str, kind: &str| if name.is_empty() { PathBuf::new() } else { dir.join(format!("{name}.{kind}")) };
    let tls = RequesterTlsConfig {
        certificate_file: file(certificate, "pem"),
        key_file: file(certificate, "key"),
        authority_file: file(authority, "pem"),
    };
    let config = RequesterConfig { tls, connect_timeout_s: 5, association_timeout_s: 5, response_timeout_s: 30 };
    Requester::new(config, AeTitle::parse("PACSADAPTER").unwrap())
}

/// A peer at this name and port, who is called over TLS.
fn over_tls(host: &str, port: u16, certificate: Option<Fingerprint>) -> Peer {
    Peer { address: format!("{host}:{port}"), tls: true, certificate, ..peer("STORESCP", port) }
}

/// DCMTK's storage provider that wants a certificate of the hospital's authority, a folder of certificates, and the
/// fingerprints of the provider's and of another one.
fn storescp() -> Option<(Program, TempDir, [Fingerprint; 2])> {
    let dir = tempfile::tempdir().unwrap();
    let made = certificates(dir.path(), "hospital", &["store", "adapter"]);
    certificates(dir.path(), "elsewhere", &["stranger"]);
    let named = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let [key, own, authority] = ["store.key", "store.pem", "hospital.pem"].map(named);
    let program = Program::storescp(&["+tls", &key, &own, "+cf", &authority])?;
    Some((program, dir, [made[0], made[1]]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_takes_tls_is_called_over_it() {
    let Some((storescp, dir, [own, other])) = storescp() else { return };
    let port = storescp.peer.address.rsplit_once(':').unwrap().1.parse().unwrap();
    let requester = |certificate, authority| requester(dir.path(), certificate, authority);
    for (host, certificate, authority, pinned, expected) in [
        ("localhost", "adapter", "hospital", None, "done"),
        // a pinned certificate may be for any name, and signed by anybody
        ("127.0.0.1", "adapter", "", Some(own), "done"),
        ("localhost", "adapter", "hospital", Some(other), "another"),
        ("localhost", "adapter", "elsewhere", None, "another"),
        // its certificate is for another name
        ("127.0.0.1", "adapter", "hospital", None, "another"),
        ("localhost", "adapter", "", None, "settings"),
        ("localhost", "nobody", "hospital", None, "settings"),
        // the peer does not take us
        ("localhost", "", "hospital", None, "lost"),
        ("localhost", "stranger", "hospital", None, "lost"),
    ] {
        let answer = requester(certificate, authority).echo(&over_tls(host, port, pinned)).await;
        let told = match answer {
            Ok(status) if status == Status::SUCCESS => "done",
            Err(RequesterError::Handshake(_)) => "another",
            Err(RequesterError::Tls(_)) => "settings",
            // TLS 1.3: that our certificate is refused comes after the handshake
            Err(RequesterError::Io(_) | RequesterError::Closed) => "lost",
            other => panic!("{other:?}"),
        };
        assert_eq!(told, expected, "{host} {certificate:?} {authority:?} {pinned:?}: {}", storescp.log());
    }
    let (files, contexts) = files(2, 300_001);
    let mut association =
        requester("adapter", "hospital").open(&over_tls("localhost", port, None), &contexts).await.unwrap();
    for file in &files {
        assert_eq!(store_file(&mut association, file).await, Status::SUCCESS, "{}", storescp.log());
    }
    association.release().await.unwrap();
}

/// pynetdicom's storage provider, with a version of TLS; it wants a certificate of the authority in the folder.
fn pynetdicom(certificates: &Path, version: &str) -> Option<Program> {
    Program::start("pynetdicom", "PYTHON", |dir, port| {
        let mut command = Command::new(root().join(".venv/bin/python"));
        command.arg(root().join("test-data/tests/peers/take_over_tls.py")).arg(port.to_string());
        command.arg(certificates).arg(dir).arg(version);
        command
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn pynetdicom_takes_what_comes_over_each_version_of_tls() {
    let dir = tempfile::tempdir().unwrap();
    let pinned = certificates(dir.path(), "hospital", &["peer", "adapter"])[0];
    certificates(dir.path(), "elsewhere", &["stranger"]);
    let (files, contexts) = files(2, 300_001);
    for version in ["1.2", "1.3"] {
        let Some(program) = pynetdicom(dir.path(), version) else { return };
        let port = program.peer.address.rsplit_once(':').unwrap().1.parse().unwrap();
        let called = |host, pinned| Peer { ae_title: program.peer.ae_title.clone(), ..over_tls(host, port, pinned) };
        let ours = requester(dir.path(), "adapter", "hospital");
        assert_eq!(ours.echo(&called("127.0.0.1", Some(pinned))).await.unwrap(), Status::SUCCESS, "{version}");
        let stranger = requester(dir.path(), "stranger", "hospital").echo(&called("localhost", None)).await;
        assert!(stranger.is_err(), "{version}: {stranger:?}");
        let mut association = ours.open(&called("localhost", None), &contexts).await.unwrap();
        for file in &files {
            assert_eq!(store_file(&mut association, file).await, Status::SUCCESS, "{}", program.log());
            let came = program.dir.path().join(format!("{}.dcm", read_meta(file).unwrap().sop_instance.as_str()));
            let came = fs::read(came).unwrap();
            assert!(came.len() > 300_000 && file.ends_with(&came), "{version}: not what was sent");
        }
        association.release().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_without_tls_is_not_called_in_the_clear_instead() {
    let dir = tempfile::tempdir().unwrap();
    certificates(dir.path(), "hospital", &["adapter"]);
    let Some(storescp) = Program::storescp(&[]) else { return };
    let port = storescp.peer.address.rsplit_once(':').unwrap().1.parse().unwrap();
    let requester = requester(dir.path(), "adapter", "hospital");
    let error = requester.echo(&over_tls("localhost", port, None)).await.unwrap_err();
    assert!(matches!(error, RequesterError::Handshake(_) | RequesterError::Connect(_)), "{error:?}");
    let nowhere = requester.echo(&over_tls("localhost", free_port(), None)).await.unwrap_err();
    assert!(matches!(nowhere, RequesterError::Connect(_)), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_with_tls_takes_new_files_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = certificates(dir.path(), "hospital", &["door"])[0];
    let server = Server::start(|config| {
        config.tls.listen = "127.0.0.1:0".to_owned();
        config.tls.certificate_file = dir.path().join("door.pem");
        config.tls.key_file = dir.path().join("door.key");
    });
    let port = server.await.tls.unwrap().port();
    let requester = requester(dir.path(), "", "");
    let is_shown = async |certificate| requester.echo(&over_tls("127.0.0.1", port, Some(certificate))).await.is_ok();
    assert!(is_shown(first).await);
    // a key that does not fit yet changes nothing
    fs::write(dir.path().join("door.key"), "not yet").unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(is_shown(first).await);
    let next = certificates(dir.path(), "hospital", &["door"])[0];
    while !is_shown(next).await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!is_shown(first).await);
}
