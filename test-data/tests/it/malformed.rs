//! Ten thousand PDUs and data sets that are not what they should be, at a running adapter.

use crate::{
    lost::one_hospital,
    world::{Daemon, Demo, host_port, until},
};
use bytes::Bytes;
use dicom_ul::pdu::{AssociationRQ, Pdu, PresentationContextProposed, UserVariableItem, write_pdu};
use dimse::{Command, Pdv, Priority, StoreRequest, write_pdata};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process,
    time::Duration,
};
use test_data::{
    generator::instance_of_size,
    sender::{Association, FileMeta, Peer, ProposedContext, echo, read_meta},
};

/// Of each kind.
const COUNT: usize = 5000;
/// The most that the adapter may have had in memory, in KiB.
const MEMORY_KIB: u64 = 256 << 10;

/// An association with one store, as it goes over the wire.
fn conversation(meta: &FileMeta, data_set: &Bytes) -> Vec<u8> {
    let context = PresentationContextProposed {
        id: 1,
        abstract_syntax: meta.sop_class.to_string(),
        transfer_syntaxes: vec![meta.transfer_syntax.clone()],
    };
    let request = AssociationRQ {
        protocol_version: 1,
        calling_ae_title: "MALFORMED".to_owned(),
        called_ae_title: "ANY".to_owned(),
        application_context_name: dimse::APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: vec![context],
        user_variables: vec![UserVariableItem::MaxLength(16384)],
    };
    let store = Command::StoreRequest(StoreRequest {
        message_id: 1,
        priority: Priority::Medium,
        sop_class: meta.sop_class.clone(),
        sop_instance: meta.sop_instance.clone(),
        move_originator: None,
    });
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, &Pdu::AssociationRQ(request)).expect("written");
    for (is_command, part) in [(true, store.encode().into()), (false, data_set.clone())] {
        write_pdata(&Pdv { context_id: 1, is_command, is_last: true, bytes: part }, 16384, &mut bytes);
    }
    write_pdu(&mut bytes, &Pdu::ReleaseRQ).expect("written");
    bytes
}

/// Changes a few bytes, and cuts or repeats now and then.
fn spoilt(bytes: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // most of what decides stands at the beginning
    let reach = if random.random_bool(0.7) { bytes.len().min(400) } else { bytes.len() };
    for _ in 0..random.random_range(1..8) {
        let at = random.random_range(0..reach);
        bytes[at] = [random.random(), 0, 0xff, 0x7f][random.random_range(0..4)];
    }
    match random.random_range(0..8) {
        0 => bytes.truncate(random.random_range(0..bytes.len())),
        1 => bytes.extend_from_within(..reach),
        _ => {}
    }
    bytes
}

/// What is answered to bytes that are no conversation: the first byte of the last PDU does not matter, its end does.
#[allow(clippy::disallowed_methods, reason = "our own adapter answers")]
fn said(address: SocketAddr, bytes: &[u8]) -> &'static str {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
    // the adapter may hang up in the middle
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => match answer.first() {
            Some(2) => "accepted",
            Some(3) => "rejected",
            Some(7) => "aborted",
            Some(_) => panic!("an answer of a kind that there is not: {answer:02x?}"),
            None => "closed",
        },
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => "reset",
        Err(error) => panic!("no end comes: {error}"),
    }
}

async fn data_sets(peer: &Peer, meta: &FileMeta, data_set: &Bytes, random: &mut StdRng) -> BTreeMap<String, usize> {
    let context = [ProposedContext::of(meta)];
    let (mut told, mut open) = (BTreeMap::new(), None);
    for _ in 0..COUNT {
        let mut association = match open.take() {
            Some(association) => association,
            None => Association::open(peer, &context).await.expect("an association"),
        };
        let word = match association.store(spoilt(data_set, random).into(), meta).await {
            Ok(status) => {
                open = Some(association);
                status.map_or_else(|| "no status".to_owned(), |status| format!("{:04X}", status.code()))
            }
            Err(_) => "association lost".to_owned(),
        };
        *told.entry(word).or_default() += 1;
    }
    told
}

fn adapter(demo: &Demo) -> (Daemon, SocketAddr) {
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    let [host, port] = host_port(&demo.site(0)["dimse"]);
    let listens = || process::Command::new("echoscu").args([&host, &port]).status().is_ok_and(|it| it.success());
    until("the adapter", listens);
    (adapter, format!("{host}:{port}").parse().expect("an address"))
}

fn peak_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it still runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn ten_thousand_malformed_pdus_and_data_sets_are_survived() {
    let demo = one_hospital();
    let (adapter, address) = adapter(&demo);
    let mut random = StdRng::seed_from_u64(5);
    let file = Bytes::from(instance_of_size(6000, 1));
    let meta = read_meta(&file).expect("a file");
    let data_set = file.slice(meta.data_set_offset as usize..);
    let whole = conversation(&meta, &data_set);
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..COUNT {
        *told.entry(said(address, &spoilt(&whole, &mut random))).or_default() += 1;
    }
    eprintln!("{COUNT} conversations: {told:?}");
    let peer = Peer::new(address, "MALFORMED", "ANY");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let told = runtime.block_on(data_sets(&peer, &meta, &data_set, &mut random));
    eprintln!("{COUNT} data sets: {told:?}");
    assert_eq!(runtime.block_on(echo(&peer)).expect("an echo"), dimse::Status::SUCCESS);
    let peak = peak_kib(adapter.pid());
    eprintln!("at most {} MiB in memory", peak / 1024);
    assert!(peak < MEMORY_KIB, "{peak} KiB");
    // it is the same process, which would have ended by a crash
    adapter.stop();
}
