//! Every peer by every service in every transfer syntax that it has, with real files: the table of `docs/peers.md`.
//!
//! `WRITE_MATRIX=1` writes the table into the page; without, the page must have it already.

use crate::{
    files::cases,
    house::{Hospital, peer, root},
    matrix_page::{Page, Row},
    programs::{Program, free_port, peer as known},
    requester::requester,
    retrieving::{dcmqrscp, open_query},
    tls::certificates,
};
use dimse::Status;
use imaging_domain::{AeTitle, Level, VR, tags};
use pacs_adapter::{Association, Identifier, ListenerConfig, Peer, Peers, Store, get_contexts};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What became of each file, by column.
type Cells = BTreeMap<String, String>;

/// A row of the script of the peers against an address.
async fn cells(row: &str, port: u16, options: &[(&str, &str)]) -> Cells {
    let mut args = vec![row.to_owned(), format!("adapter={port}")];
    args.push(format!("cases={}", cases().expect("the test is left out without them").display()));
    args.extend(options.iter().map(|(name, value)| format!("{name}={value}")));
    let output = peer("peer_matrix.py", args).await;
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A door with TLS beside the plain one, with certificates of this folder.
fn with_tls(config: &mut ListenerConfig, certificates: &Path) {
    config.tls.listen = "127.0.0.1:0".to_owned();
    config.tls.certificate_file = certificates.join("adapter.pem");
    config.tls.key_file = certificates.join("adapter.key");
    config.tls.client_authority_file = certificates.join("hospital.pem");
}

/// C-ECHO, and C-STORE into an adapter that has nothing yet, with and without TLS.
async fn sent_to_us(page: &mut Page) {
    let dir = tempfile::tempdir().unwrap();
    certificates(dir.path(), "hospital", &["adapter", "peer"]);
    let folder = dir.path().to_str().unwrap();
    for (row, name, service) in [
        ("echoscu", "echoscu", "C-ECHO"),
        ("storescu", "storescu", "C-STORE"),
        ("dcmsend", "dcmsend", "C-STORE"),
        ("pynetdicom echo", "pynetdicom", "C-ECHO"),
        ("pynetdicom store", "pynetdicom", "C-STORE"),
    ] {
        let hospital = Hospital::listening(None, Peers::default(), |config| with_tls(config, dir.path())).await;
        page.add(Row::asks(name, service), cells(row, hospital.address.port(), &[]).await);
        if row.ends_with("scu") {
            let hospital = Hospital::listening(None, Peers::default(), |config| with_tls(config, dir.path())).await;
            let tls = hospital.tls.unwrap().port().to_string();
            let told = cells(row, hospital.address.port(), &[("tls", &tls), ("certificates", folder)]).await;
            page.add(Row::asks(name, &format!("{service}, TLS")), told);
        }
    }
    let http = free_port();
    let Some(_orthanc) = Program::orthanc_at(None, Some(http)) else { return };
    let hospital = Hospital::start(None).await;
    let told = cells("orthanc store", hospital.address.port(), &[("http", &http.to_string())]).await;
    page.add(Row::asks("Orthanc", "C-STORE"), told);
}

/// C-FIND, C-GET and C-MOVE at an adapter that has the files.
async fn asked_of_us(page: &mut Page) {
    let (own, http) = (free_port(), free_port());
    let [Some(all), Some(plain)] = [Program::storescp(&["+xa"]), Program::storescp(&[])] else { return };
    let (Some(archive), Some(orthanc)) = (dcmqrscp(1), Program::orthanc_at(None, Some(http))) else { return };
    let rename =
        |program: &Program, title: &str| Peer { ae_title: AeTitle::parse(title).unwrap(), ..program.peer.clone() };
    let peers = vec![
        rename(&all, "ALL"),
        rename(&plain, "PLAIN"),
        archive.peer.clone(),
        orthanc.peer.clone(),
        known("WORKSTATION", own),
        known("TAKER", own),
    ];
    let hospital = Hospital::knowing(None, peers).await;
    let port = hospital.address.port();
    cells("pynetdicom store", port, &[]).await;
    let (own, http) = (own.to_string(), http.to_string());
    let folder = |program: &Program| program.dir.path().to_str().unwrap().to_owned();
    for (row, name, service, options) in [
        ("findscu", "findscu", "C-FIND", vec![]),
        ("pynetdicom find", "pynetdicom", "C-FIND", vec![]),
        ("getscu", "getscu", "C-GET", vec![]),
        ("pynetdicom get", "pynetdicom", "C-GET, each syntax by itself", vec![]),
        ("pynetdicom get explicit", "pynetdicom", "C-GET, explicit alone", vec![]),
        ("pynetdicom get implicit", "pynetdicom", "C-GET, implicit alone", vec![]),
        ("movescu itself", "movescu", "C-MOVE to itself", vec![("own", own.clone())]),
        ("movescu", "storescp", "C-MOVE to it, +xa", vec![("to", "ALL".to_owned()), ("folder", folder(&all))]),
        ("movescu", "storescp", "C-MOVE to it", vec![("to", "PLAIN".to_owned()), ("folder", folder(&plain))]),
        ("movescu", "dcmqrscp", "C-MOVE to it", vec![("to", "QR".to_owned()), ("folder", folder(&archive))]),
        ("pynetdicom takes", "pynetdicom", "C-MOVE to it", vec![("own", own.clone())]),
        ("orthanc takes", "Orthanc", "C-MOVE to it", vec![("http", http.clone())]),
        ("orthanc asks", "Orthanc", "C-FIND, C-MOVE to itself", vec![("http", http.clone())]),
    ] {
        let options: Vec<_> = options.iter().map(|(name, value)| (*name, value.as_str())).collect();
        page.add(Row::asks(name, service), cells(row, port, &options).await);
    }
}

/// What an archive tells of its studies: each with its SOP classes, as the crawl asks.
async fn studies(association: &mut Association) -> Vec<(String, Vec<String>)> {
    let everything =
        Identifier::at(Level::Study).told(tags::STUDY_INSTANCE_UID, VR::UI).told(tags::SOP_CLASSES_IN_STUDY, VR::UI);
    let mut finding = association.find(&everything).await.unwrap();
    let mut found = Vec::new();
    while let Some(study) = finding.next().await.unwrap() {
        let classes = study.texts(tags::SOP_CLASSES_IN_STUDY).to_vec();
        found.push((study.text(tags::STUDY_INSTANCE_UID).unwrap().to_owned(), classes));
    }
    assert_eq!(finding.status(), Some(Status::SUCCESS));
    found
}

fn of_study(uid: &str) -> Identifier {
    Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, uid)
}

/// The adapter as the one that asks: what an archive has comes by C-GET, and into another adapter by C-MOVE. What the archive
/// did not take when it was filled is not looked for.
async fn asked_by_us(page: &mut Page, archive: &Program, name: &str, by_move: &Hospital, filled: &Cells) {
    assert_eq!(requester().echo(&archive.peer).await.unwrap(), Status::SUCCESS);
    let mut association = open_query(&archive.peer).await;
    let studies = studies(&mut association).await;
    let us = AeTitle::parse("PACSADAPTER").unwrap();
    let mut moved = BTreeSet::new();
    for (uid, _) in &studies {
        moved.insert(association.move_to(&us, &of_study(uid), |_| {}).await.unwrap().status.code());
    }
    association.release().await.unwrap();
    let (by_get, mut got) = (Hospital::start(None).await, BTreeSet::new());
    let store = Store::new(by_get.ingest.clone());
    for (uid, classes) in &studies {
        let mut association = requester().open(&archive.peer, &get_contexts(classes)).await.unwrap();
        got.insert(association.get(&of_study(uid), &store).await.unwrap().status.code());
        association.release().await.unwrap();
    }
    for (service, hospital, statuses) in [("C-FIND, C-GET", &by_get, got), ("C-FIND, C-MOVE", by_move, moved)] {
        let told = cells("compare", hospital.address.port(), &[]).await;
        let seen = told.into_iter().map(|(column, cell)| match filled[&column].as_str() {
            "as sent" if cell.starts_with("did not come") => (column, did_not_come(&statuses)),
            "as sent" => (column, cell),
            _ => (column, "-".to_owned()),
        });
        page.add(Row::is_asked(name, service), seen.collect());
    }
}

/// What an archive says of what it does not send.
fn did_not_come(statuses: &BTreeSet<u16>) -> String {
    let failures: Vec<_> = statuses.iter().filter(|code| **code != 0).map(|code| format!("{code:04X}")).collect();
    format!("did not come: the archive's status is {}", failures.join(", "))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_peer_by_every_service_in_every_transfer_syntax() {
    if cases().is_none() {
        return;
    }
    let mut page = Page::new(root().join("pacs-adapter/docs/peers.md"));
    sent_to_us(&mut page).await;
    asked_of_us(&mut page).await;

    let http = free_port();
    let hospital = Hospital::start(None).await;
    let known = Some(("PACSADAPTER", hospital.address.port()));
    let Some(orthanc) = Program::orthanc_at(known, Some(http)) else { return };
    let filled = cells("fill orthanc", hospital.address.port(), &[("http", &http.to_string())]).await;
    asked_by_us(&mut page, &orthanc, "Orthanc", &hospital, &filled).await;

    let hospital = Hospital::start(None).await;
    let Some(archive) = dcmqrscp(hospital.address.port()) else { return };
    let port: u16 = archive.peer.address.rsplit(':').next().unwrap().parse().unwrap();
    let filled = cells("fill dcmqrscp", port, &[]).await;
    asked_by_us(&mut page, &archive, "dcmqrscp", &hospital, &filled).await;

    page.check();
}
