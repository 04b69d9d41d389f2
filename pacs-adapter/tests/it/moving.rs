//! C-MOVE, asked by DCMTK and by pynetdicom, to DCMTK, to pynetdicom and to another adapter.

use crate::{
    dcmtk::{run, words},
    house::{Hospital, peer},
    programs::{self, Program},
};
use pacs_adapter::{Listens, Peers};
use std::{fs, net::IpAddr, sync::Arc};

/// The status that movescu was told last, and everything that it said.
async fn movescu(port: u16, called: &str, to: &str, study: &str) -> Option<(bool, String)> {
    let mut args = words(&["-d", "-S", "-aet", "WORKSTATION", "-aec", called, "-aem", to]);
    args.extend(words(&["-k", "QueryRetrieveLevel=STUDY", "-k", &format!("StudyInstanceUID={study}")]));
    args.extend(words(&["127.0.0.1", &port.to_string()]));
    let output = run("movescu", args).await?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    Some((output.status.success(), text))
}

fn files(program: &Program) -> usize {
    let names = fs::read_dir(program.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().contains("1.2.3.")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn movescu_moves_to_storescp() {
    let Some(storescp) = Program::storescp(&[]) else { return };
    let hospital = Hospital::knowing(None, vec![storescp.peer.clone()]).await;
    let port = hospital.address.port();
    peer("find_at_adapter.py", vec![port.to_string(), "fill".to_owned()]).await;
    let Some((ok, text)) = movescu(port, "PACSADAPTER", "STORESCP", "1.2.3.1").await else { return };
    assert!(ok && text.contains("0x0000: Success"), "{text}");
    assert_eq!(files(&storescp), 5, "{text}\n{}", storescp.log());
    let (_, text) = movescu(port, "PACSADAPTER", "NOBODY", "1.2.3.1").await.unwrap();
    assert!(text.contains("0xa801"), "{text}");
    assert!(hospital.lines.text().contains("peer:WORKSTATION@127.0.0.1"), "no retrieval was written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_of_the_region_goes_to_a_third() {
    let other = Hospital::start(None).await;
    peer("find_at_adapter.py", vec![other.address.port().to_string(), "fill".to_owned()]).await;
    let third = Hospital::start(None).await;
    let third_peer = programs::peer("THIRD", third.address.port());
    let hospital = Hospital::knowing(Some(Arc::clone(&other.images) as _), vec![third_peer]).await;
    let port = hospital.address.port();
    let Some((ok, text)) = movescu(port, "PACSADAPTER", "THIRD", "1.2.3.2").await else { return };
    assert!(ok && !third.lines.text().contains("1.2.3.2.1.1"), "the hospital has no such study: {text}");
    let (ok, text) = movescu(port, "REGION", "THIRD", "1.2.3.2").await.unwrap();
    assert!(ok && text.contains("0x0000: Success"), "{text}");
    assert!(third.lines.text().contains("peer:REGION@127.0.0.1"), "the third was called by another title");
    peer("move_by_adapter.py", vec![third.address.port().to_string(), "there".to_owned()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pynetdicom_is_told_what_became_of_each() {
    let Some(storescp) = Program::storescp(&["+xi"]) else { return };
    let gone = programs::peer("GONE", 1);
    let taker = programs::free_port();
    let peers = vec![storescp.peer.clone(), gone, programs::peer("TAKER", taker)];
    let hospital = Hospital::knowing(None, peers).await;
    let args = [hospital.address.port().to_string(), "all".to_owned(), taker.to_string()];
    peer("move_by_adapter.py", args.to_vec()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_allowed_with_a_port_is_a_destination() {
    let Some(storescp) = Program::storescp(&[]) else { return };
    let peers = Peers::default();
    let hospital = Hospital::listening(None, peers.clone(), |_| {}).await;
    let port = hospital.address.port();
    peer("find_at_adapter.py", vec![port.to_string(), "fill".to_owned()]).await;
    let moved = async || movescu(port, "PACSADAPTER", "STORESCP", "1.2.3.1").await.map(|(_, text)| text);
    let Some(text) = moved().await else { return };
    assert!(text.contains("0xa801"), "nobody knows it: {text}");
    let (title, here) = (storescp.peer.ae_title.clone(), IpAddr::from([127, 0, 0, 1]));
    peers.allow(&title, (here, None), 1).await.unwrap();
    assert!(moved().await.unwrap().contains("0xa801"), "it only calls");
    let listens = storescp.peer.address.rsplit_once(':').unwrap().1.parse().unwrap();
    peers.allow(&title, (here, Some(Listens { port: listens, tls: false })), 2).await.unwrap();
    assert_eq!(peers.known().len(), 1, "it is the same peer");
    let text = moved().await.unwrap();
    assert!(text.contains("0x0000: Success"), "{text}");
    assert_eq!(files(&storescp), 5, "{text}\n{}", storescp.log());
}
