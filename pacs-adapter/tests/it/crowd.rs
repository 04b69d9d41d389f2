//! Thousands of connections that say nothing, or next to nothing, beside a peer that works.

use crate::{
    files::{CT, meta},
    server::Server,
};
use bytes::Bytes;
use dicom_ul::pdu::{AssociationRQ, Pdu, PresentationContextProposed, UserVariableItem, write_pdu};
use dimse::Status;
use imaging_domain::AeTitle;
use pacs_adapter::{Callers, Peer, Peers};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use test_data::sender::{Association, ProposedContext, echo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::sleep,
};

const SILENT: usize = 2000;
const SLOW: usize = 200;
/// C-ECHOs and C-STOREs of the known peer, each on an association of its own.
const ROUNDS: usize = 100;

/// A listener that knows MODALITY, which calls from 127.0.0.1.
async fn server(max_associations: usize, association_timeout_s: u64) -> Server {
    let ae_title = AeTitle::parse("MODALITY").unwrap();
    let from = vec![IpAddr::from(Ipv4Addr::LOCALHOST).into()];
    let peers = Peers::of(vec![Peer { ae_title, address: String::new(), from, certificate: None, tls: false }]);
    Server::knowing(peers, |config| {
        config.callers = Callers::Known;
        config.max_associations = max_associations;
        config.association_timeout_s = association_timeout_s;
    })
    .await
}

/// Twenty connections of each address.
async fn connect(number: usize, to: SocketAddr) -> Option<TcpStream> {
    let from = Ipv4Addr::new(127, 1, u8::try_from(number / 20).unwrap(), 1);
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(to).await.ok()
}

fn request() -> Vec<u8> {
    let context = PresentationContextProposed {
        id: 1,
        abstract_syntax: CT.to_owned(),
        transfer_syntaxes: vec!["1.2.840.10008.1.2".to_owned()],
    };
    let request = AssociationRQ {
        protocol_version: 1,
        calling_ae_title: "SLOW".to_owned(),
        called_ae_title: "ANY".to_owned(),
        application_context_name: dimse::APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: vec![context],
        user_variables: vec![UserVariableItem::MaxLength(16384)],
    };
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, &Pdu::AssociationRQ(request)).unwrap();
    bytes
}

/// One of the crowd, for ever: connects, keeps silent or sends a byte a second, and comes back when it is sent away.
async fn pester(number: usize, to: SocketAddr, open: Arc<AtomicUsize>, sent_away: Arc<AtomicUsize>) {
    let request = request();
    loop {
        if let Some(mut stream) = connect(number, to).await {
            open.fetch_add(1, Relaxed);
            let mut at = 0;
            let mut answer = [0; 64];
            loop {
                tokio::select! {
                    read = stream.read(&mut answer) => match read {
                        Ok(0) | Err(_) => break,
                        Ok(_) => {}
                    },
                    () = sleep(Duration::from_secs(1)), if number >= SILENT => {
                        let _ = stream.write_all(&request[at..=at]).await;
                        at = (at + 1) % request.len();
                    }
                }
            }
            open.fetch_sub(1, Relaxed);
            sent_away.fetch_add(1, Relaxed);
        }
        sleep(Duration::from_secs(2)).await;
    }
}

fn memory_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

/// The known peer's work, each success counted by the caller's expectation; the times it took.
async fn work(server: &Server) -> Vec<Duration> {
    let meta = |at: usize| meta(&format!("1.2.{at}"));
    let mut times = Vec::new();
    for at in 0..ROUNDS {
        let begun = Instant::now();
        assert_eq!(echo(&server.peer()).await.unwrap(), Status::SUCCESS);
        times.push(begun.elapsed());
        let begun = Instant::now();
        let mut association = Association::open(&server.peer(), &[ProposedContext::of(&meta(at))]).await.unwrap();
        let stored = association.store(Bytes::from(vec![7; 100_000]), &meta(at)).await.unwrap();
        assert_eq!(stored, Some(Status::SUCCESS));
        association.release().await.unwrap();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times
}

async fn beside_a_crowd(server: Server, expected: Option<usize>) {
    let before = memory_mib();
    let [open, sent_away] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let mut crowd = JoinSet::new();
    for number in 0..SILENT + SLOW {
        crowd.spawn(pester(number, server.address, Arc::clone(&open), Arc::clone(&sent_away)));
    }
    let begun = Instant::now();
    while open.load(Relaxed) + sent_away.load(Relaxed) < SILENT + SLOW {
        assert!(begun.elapsed() < Duration::from_secs(120), "the crowd does not come");
        sleep(Duration::from_millis(20)).await;
    }
    let settled = memory_mib();
    let times = work(&server).await;
    let while_working = memory_mib().saturating_sub(settled);
    let (open, sent_away) = (open.load(Relaxed), sent_away.load(Relaxed));
    assert_eq!(server.stored(), ROUNDS);
    if let Some(expected) = expected {
        assert_eq!((open, sent_away), (expected, 0), "all are held open");
    }
    let [p50, p99] = [50, 99].map(|part| times[times.len() * part / 100]);
    let grown = memory_mib().saturating_sub(before);
    println!("{open} open, {sent_away} sent away; {} answers: p50 {p50:?}, p99 {p99:?}", times.len());
    println!("{grown} MiB more, {while_working} of them while the known peer worked");
    assert!(grown < 256, "{grown} MiB");
    // it stays flat: what the peer stores (10 MB) lies in memory here, and little else may
    assert!(while_working < 64, "{while_working} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_is_held_open_holds_nobody_up() {
    beside_a_crowd(server(SILENT + SLOW + 50, 600).await, Some(SILENT + SLOW)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_beyond_the_limits_takes_no_place_of_a_known_peer() {
    beside_a_crowd(server(200, 3).await, None).await;
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_has_no_more_time_than_another() {
    let server = server(200, 2).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let (mut read, mut write) = stream.split();
    let bytes = request();
    let dripping = async {
        for byte in bytes {
            if write.write_all(&[byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(300)).await;
        }
    };
    let mut answer = [0; 10];
    tokio::select! {
        () = dripping => panic!("it had all the time it wanted"),
        read = read.read_exact(&mut answer) => assert_eq!((read.unwrap(), answer[0]), (10, 7), "an abort"),
    }
}
