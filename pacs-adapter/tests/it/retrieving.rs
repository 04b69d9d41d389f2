//! Query and retrieval of peers: Orthanc, DCMTK's dcmqrscp, and pynetdicom, which can be made to do what others do not.

use crate::{
    programs::Program,
    requester::{files, requester, store_file},
    server::{MemorySink, Server},
};
use dimse::{Category, Status};
use imaging_domain::{AeTitle, Level, VR, tags, transfer_syntax::IMPLICIT_LITTLE};
use pacs_adapter::{Association, FIND, Identifier, MOVE, Peer, Proposed, Store, get_contexts};
use std::{collections::BTreeSet, fs, path::Path, process::Command};
use test_data::sender::read_meta;

const COUNT: u64 = 12;

/// DCMTK's archive with a title of ours as a destination.
pub fn dcmqrscp(destination: u16) -> Option<Program> {
    Program::start("dcmqrscp", "QR", |dir, port| {
        let place = dir.join("store");
        fs::create_dir(&place).unwrap();
        let config = dir.join("dcmqrscp.cfg");
        let text = format!(
            "NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\n\
             adapter = (PACSADAPTER, 127.0.0.1, {destination})\nHostTable END\nVendorTable BEGIN\nVendorTable END\n\
             AETable BEGIN\nQR {} RW (1000, 1024mb) ANY\nAETable END\n",
            place.display()
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new("dcmqrscp");
        command.arg("-v").arg("-c").arg(config).arg(port.to_string());
        command
    })
}

async fn fill(peer: &Peer) -> BTreeSet<String> {
    let (files, contexts) = files(COUNT, 9_000);
    let mut association = requester().open(peer, &contexts).await.unwrap();
    for file in &files {
        assert_eq!(store_file(&mut association, file).await, Status::SUCCESS);
    }
    association.release().await.unwrap();
    files.iter().map(|file| read_meta(file).unwrap().sop_instance.to_string()).collect()
}

fn everything() -> Identifier {
    Identifier::at(Level::Study)
        .told(tags::STUDY_INSTANCE_UID, VR::UI)
        .told(tags::STUDY_DATE, VR::DA)
        .told(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, VR::IS)
}

async fn studies(association: &mut Association) -> Vec<String> {
    let mut finding = association.find(&everything()).await.unwrap();
    let mut found = Vec::new();
    while let Some(study) = finding.next().await.unwrap() {
        found.push(study.text(tags::STUDY_INSTANCE_UID).unwrap().to_owned());
    }
    assert_eq!(finding.status(), Some(Status::SUCCESS));
    found.sort();
    found
}

pub async fn open_query(peer: &Peer) -> Association {
    let proposed = [FIND, MOVE].map(|class| Proposed::new(class, [IMPLICIT_LITTLE]));
    requester().open(peer, &proposed).await.unwrap()
}

async fn by_get(peer: &Peer, studies: &[String]) -> BTreeSet<String> {
    let sink = MemorySink::default();
    let store = Store::new(sink.clone());
    let mut association = requester().open(peer, &get_contexts(&[])).await.unwrap();
    for study in studies {
        let what = Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, study);
        let retrieved = association.get(&what, &store).await.unwrap();
        assert_eq!((retrieved.status, retrieved.stored), (Status::SUCCESS, 1));
        assert_eq!(retrieved.counts.completed, Some(1));
    }
    association.release().await.unwrap();
    let state = sink.0.lock().unwrap();
    state.stored.keys().cloned().collect()
}

async fn by_move(peer: &Peer, server: &Server, studies: &[String]) -> BTreeSet<String> {
    let mut association = open_query(peer).await;
    let destination = AeTitle::parse("PACSADAPTER").unwrap();
    for study in studies {
        let what = Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, study);
        let retrieved = association.move_to(&destination, &what, |_| {}).await.unwrap();
        assert_eq!((retrieved.status, retrieved.counts.completed), (Status::SUCCESS, Some(1)));
    }
    let unknown = AeTitle::parse("UNKNOWN").unwrap();
    let what = Identifier::at(Level::Study).matching(tags::STUDY_INSTANCE_UID, VR::UI, &studies[0]);
    let refused = association.move_to(&unknown, &what, |_| {}).await.unwrap();
    assert_eq!(refused.status.category(), Category::Failure);
    association.release().await.unwrap();
    let state = server.sink.0.lock().unwrap();
    state.stored.keys().cloned().collect()
}

/// An archive that was filled gives everything: found, got, and moved.
async fn check(archive: Program, server: Server) {
    let sent = fill(&archive.peer).await;
    let mut association = open_query(&archive.peer).await;
    let found = studies(&mut association).await;
    association.release().await.unwrap();
    assert_eq!(found.len() as u64, COUNT);
    assert_eq!(by_get(&archive.peer, &found).await, sent);
    assert_eq!(by_move(&archive.peer, &server, &found).await, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn orthanc_is_asked_and_gives() {
    let server = Server::start(|_| {}).await;
    let Some(orthanc) = Program::orthanc(Some(("PACSADAPTER", server.address.port()))) else { return };
    check(orthanc, server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dcmqrscp_is_asked_and_gives() {
    let server = Server::start(|_| {}).await;
    let Some(dcmqrscp) = dcmqrscp(server.address.port()) else { return };
    check(dcmqrscp, server).await;
}

/// A provider of pynetdicom that has a thousand matches, and says how many were taken until the cancel.
fn pynetdicom(dir: &Path, port: u16) -> Command {
    let script = dir.join("scp.py");
    fs::write(&script, include_str!("many_matches.py")).unwrap();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin/python");
    let mut command = Command::new(std::env::var_os("PEERS_PYTHON").map_or(python, Into::into));
    command.arg(script).arg(port.to_string());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stops_cancels_and_the_association_goes_on() {
    let Some(scp) = Program::start("pynetdicom", "MANY", pynetdicom) else { return };
    let mut association = open_query(&scp.peer).await;
    let mut finding = association.find(&everything()).await.unwrap();
    for _ in 0..5 {
        assert!(finding.next().await.unwrap().is_some());
    }
    assert_eq!(finding.cancel().await.unwrap().category(), Category::Cancel);
    // the next one is answered from its beginning
    let mut finding = association.find(&everything()).await.unwrap();
    let first = finding.next().await.unwrap().unwrap();
    assert_eq!(first.text(tags::STUDY_INSTANCE_UID), Some("1.2.0"));
    assert_eq!(finding.cancel().await.unwrap().category(), Category::Cancel);
    // a failure in the middle is told as it is
    let cut = Identifier::at(Level::Study).matching(tags::STUDY_DATE, VR::DA, "19000101-19001231");
    let mut finding = association.find(&cut).await.unwrap();
    let mut count = 0;
    while finding.next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!((count, finding.status()), (10, Some(Status::OUT_OF_RESOURCES)));
    association.release().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_is_not_asked() {
    let Some(storescp) = Program::storescp(&[]) else { return };
    let mut association = open_query(&storescp.peer).await;
    assert!(matches!(association.find(&everything()).await, Err(pacs_adapter::RequesterError::NotAccepted(_))));
    association.release().await.unwrap();
}
