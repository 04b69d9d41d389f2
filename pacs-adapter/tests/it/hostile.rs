//! Peers that do not keep to the protocol, on a bare socket.

use crate::{
    files::{CT, EXPLICIT},
    server::Server,
};
use bytes::Bytes;
use dicom_ul::pdu::{AssociationRQ, Pdu, PresentationContextProposed, UserVariableItem, read_pdu, write_pdu};
use dimse::{
    Command, CommandField, DataSetType, Event, Generic, Pdv, Pdvs, Priority, Status, StoreRequest, write_pdata,
};
use imaging_domain::{InstanceUid, SopClassUid};
use std::time::Duration;
use test_data::sender::echo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn request() -> AssociationRQ {
    let context = |id, abstract_syntax: &str| PresentationContextProposed {
        id,
        abstract_syntax: abstract_syntax.to_owned(),
        transfer_syntaxes: vec![EXPLICIT.to_owned()],
    };
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: "HOSTILE".to_owned(),
        called_ae_title: "ANY".to_owned(),
        application_context_name: dimse::APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: vec![
            context(1, CT),
            context(3, dimse::VERIFICATION),
            context(5, "1.2.840.10008.5.1.1.9"),
        ],
        user_variables: vec![UserVariableItem::MaxLength(16384)],
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Pdu> {
    let read = async {
        let mut bytes = vec![0; 6];
        stream.read_exact(&mut bytes).await.ok()?;
        let length = u32::from_be_bytes(bytes[2..6].try_into().unwrap()) as usize;
        bytes.resize(6 + length, 0);
        stream.read_exact(&mut bytes[6..]).await.ok()?;
        read_pdu(Bytes::from(bytes), 1 << 20, false).unwrap()
    };
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap()
}

pub async fn associated(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, &Pdu::AssociationRQ(request())).unwrap();
    stream.write_all(&bytes).await.unwrap();
    assert!(matches!(receive(&mut stream).await, Some(Pdu::AssociationAC(_))));
    stream
}

pub fn pdata(context_id: u8, is_command: bool, bytes: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    let pdv = Pdv { context_id, is_command, is_last: true, bytes: Bytes::copy_from_slice(bytes) };
    write_pdata(&pdv, 262_144, &mut wire);
    wire
}

fn store(instance: &str) -> Command {
    Command::StoreRequest(StoreRequest {
        message_id: 9,
        priority: Priority::Medium,
        sop_class: SopClassUid::parse(CT).unwrap(),
        sop_instance: InstanceUid::parse(instance).unwrap(),
        move_originator: None,
    })
}

async fn is_alive(server: &Server) {
    assert_eq!(echo(&server.peer()).await.unwrap(), Status::SUCCESS);
}

#[tokio::test]
async fn before_an_association_anything_else_is_aborted() {
    let server = Server::start(|_| {}).await;
    let mut request_bytes = Vec::new();
    write_pdu(&mut request_bytes, &Pdu::AssociationRQ(request())).unwrap();
    let mut cut = request_bytes.clone();
    let shorter = (cut.len() - 6 - 9) as u32;
    cut[2..6].copy_from_slice(&shorter.to_be_bytes());
    cut.truncate(6 + shorter as usize);
    for garbage in [
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\n".to_vec(),
        vec![0xff; 4000],
        vec![0; 4000],
        pdata(1, true, &store("1.2").encode()),
        vec![1, 0, 0xff, 0xff, 0xff, 0xff, 0, 1],
        [vec![1, 0, 0, 0, 0, 80], vec![0x55; 80]].concat(),
        vec![5, 0, 0, 0, 0, 4, 0, 0, 0, 0],
        vec![2, 0, 0, 0, 0, 0],
        cut,
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&garbage).await.unwrap();
        let answer = receive(&mut stream).await;
        assert!(matches!(answer, Some(Pdu::AbortRQ { .. })), "{:02x?}: {answer:?}", &garbage[..8.min(garbage.len())]);
        is_alive(&server).await;
    }
}

#[tokio::test]
async fn a_nameless_caller_is_rejected_and_a_nameless_call_is_not() {
    let server = Server::start(|_| {}).await;
    for (title, is_accepted) in [(10..26, true), (26..42, false)] {
        let mut bytes = Vec::new();
        write_pdu(&mut bytes, &Pdu::AssociationRQ(request())).unwrap();
        bytes[title].fill(b' ');
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let answer = receive(&mut stream).await.unwrap();
        assert_eq!(matches!(answer, Pdu::AssociationAC(_)), is_accepted, "{answer:?}");
        assert_eq!(matches!(answer, Pdu::AssociationRJ(_)), !is_accepted, "{answer:?}");
    }
}

#[tokio::test]
async fn inside_of_an_association_garbage_is_aborted() {
    let server = Server::start(|_| {}).await;
    let echo_on_five = pdata(5, true, b"");
    let mut endless = Vec::new();
    for _ in 0..5 {
        let mut piece = pdata(1, true, &[0; 16_000]);
        piece[11] = 1;
        endless.extend(piece);
    }
    for garbage in [
        vec![0xaa; 100],
        pdata(1, true, &[0xff; 300]),
        pdata(1, false, b"data without a command"),
        echo_on_five,
        endless,
        pdata(1, true, &vec![0; 70_000]),
        vec![4, 0, 0, 0, 0, 6, 0, 0, 0, 99, 1, 3],
        vec![4, 0, 0, 5, 0, 0, 0, 0, 0, 9],
        [pdata(1, true, &store("1.2").encode()), pdata(1, true, &store("1.3").encode())].concat(),
        [pdata(1, true, &store("1.2").encode()), pdata(3, false, b"other context")].concat(),
    ] {
        let mut stream = associated(&server).await;
        stream.write_all(&garbage).await.unwrap();
        let answer = receive(&mut stream).await;
        assert!(matches!(answer, Some(Pdu::AbortRQ { .. })), "{:02x?}: {answer:?}", &garbage[..20.min(garbage.len())]);
        is_alive(&server).await;
    }
    assert_eq!(server.stored(), 0);
}

#[tokio::test]
async fn a_connection_lost_inside_of_a_data_set_leaves_nothing() {
    let server = Server::start(|_| {}).await;
    let mut stream = associated(&server).await;
    let mut piece = pdata(1, false, &[1; 5000]);
    piece[11] = 0;
    stream.write_all(&[pdata(1, true, &store("1.2").encode()), piece].concat()).await.unwrap();
    drop(stream);
    is_alive(&server).await;
    assert_eq!(server.sink.0.lock().unwrap().finished, 0);
}

#[tokio::test]
async fn what_is_not_offered_is_refused_and_the_association_lives_on() {
    let server = Server::start(|_| {}).await;
    let mut stream = associated(&server).await;
    let generic = |field, data_set| {
        let (sop_class, sop_instance) = (SopClassUid::parse(CT).ok(), None);
        Command::Generic(Generic { field, message_id: 4, sop_class, sop_instance, data_set, status: None })
    };
    let store_without_uid = {
        let bytes = store("1.2.3.4.5.6.7").encode();
        let at = bytes.windows(13).position(|window| window == b"1.2.3.4.5.6.7").unwrap();
        let mut bytes = bytes;
        bytes[at..at + 13].fill(b' ');
        bytes
    };
    let cancel = generic(CommandField::CCancelRq, DataSetType::Absent).encode();
    stream.write_all(&pdata(1, true, &cancel)).await.unwrap();
    for (context, command, data_set, expected) in [
        (1, generic(CommandField::CFindRq, DataSetType::Present).encode(), true, 0x0211),
        (1, generic(CommandField::NCreateRq, DataSetType::Absent).encode(), false, 0x0211),
        (1, store_without_uid, true, 0x0117),
        (3, store("1.2").encode(), true, 0x0122),
        (1, store("1.2").encode(), true, 0x0000),
    ] {
        stream.write_all(&pdata(context, true, &command)).await.unwrap();
        if data_set {
            stream.write_all(&pdata(context, false, &[1; 70_000])).await.unwrap();
        }
        let mut bytes = vec![0; 6];
        stream.read_exact(&mut bytes).await.unwrap();
        let mut body = vec![0; u32::from_be_bytes(bytes[2..6].try_into().unwrap()) as usize];
        stream.read_exact(&mut body).await.unwrap();
        let pdv = Pdvs::new(body.into()).next().unwrap().unwrap();
        let event = dimse::Assembler::new([1, 3]).push(pdv).unwrap();
        let Event::Command { context_id, command } = event else { panic!("{event:?}") };
        assert_eq!((context_id, command.status().map(Status::code)), (context, Some(expected)));
    }
    assert_eq!(server.stored(), 1);
}

#[tokio::test]
async fn a_message_that_is_open_when_stopping_is_answered() {
    let server = Server::start(|_| {}).await;
    let mut stream = associated(&server).await;
    let mut piece = pdata(1, false, &[1; 5000]);
    piece[11] = 0;
    stream.write_all(&[pdata(1, true, &store("1.2").encode()), piece].concat()).await.unwrap();
    while server.sink.0.lock().unwrap().begun.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop.cancel();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stream.write_all(&pdata(1, false, b"end")).await.unwrap();
    assert!(matches!(receive(&mut stream).await, Some(Pdu::PData { .. })));
    assert!(matches!(receive(&mut stream).await, Some(Pdu::AbortRQ { .. })));
    drop(stream);
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap();
    assert_eq!(server.sink.0.lock().unwrap().stored["1.2"].2.len(), 5003);
}
