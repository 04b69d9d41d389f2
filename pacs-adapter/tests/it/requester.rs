//! Associations that the adapter opens: against its own listener, DCMTK, Orthanc, and peers that misbehave.

use crate::{
    files::{CT, EXPLICIT},
    programs::{Program, peer},
    server::Server,
};
use archive::Body;
use bytes::Bytes;
use dimse::Status;
use futures_util::{StreamExt, stream};
use imaging_domain::{AeTitle, ErrorKind, InstanceUid, SopClassUid};
use pacs_adapter::{
    Association, Outgoing, Peer, Proposed, Requester, RequesterConfig, RequesterError, data_set_of, storage_contexts,
};
use std::{fs, time::Duration};
use test_data::{generator::instance_of_series, sender::read_meta};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

pub fn requester() -> Requester {
    let config = RequesterConfig {
        connect_timeout_s: 5,
        association_timeout_s: 5,
        response_timeout_s: 30,
        ..RequesterConfig::default()
    };
    Requester::new(config, AeTitle::parse("PACSADAPTER").unwrap())
}

fn outgoing(instance: &str) -> Outgoing {
    Outgoing {
        sop_class: SopClassUid::parse(CT).unwrap(),
        sop_instance: InstanceUid::parse(instance).unwrap(),
        transfer_syntax: EXPLICIT.to_owned(),
        move_originator: None,
    }
}

fn body(bytes: &[u8], piece: usize) -> Body {
    let pieces: Vec<_> = bytes.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// Sends a generated file; gives its meta information and the answer.
pub async fn store_file(association: &mut Association, file: &[u8]) -> Status {
    let meta = read_meta(file).unwrap();
    let outgoing = Outgoing {
        sop_class: meta.sop_class,
        sop_instance: meta.sop_instance,
        transfer_syntax: meta.transfer_syntax,
        move_originator: Some((AeTitle::parse("WORKSTATION").unwrap(), 7)),
    };
    let data_set = data_set_of(body(file, 10_000)).await.unwrap();
    association.store(&outgoing, data_set).await.unwrap()
}

/// Generated files, one study for each, and the contexts they need.
pub fn files(count: u64, bytes: usize) -> (Vec<Vec<u8>>, Vec<Proposed>) {
    let files: Vec<_> = (0..count).map(|number| instance_of_series(bytes, number * 4, 1)).collect();
    let metas: Vec<_> = files.iter().map(|file| read_meta(file).unwrap()).collect();
    let pairs = metas.iter().map(|meta| (meta.sop_class.as_str(), meta.transfer_syntax.as_str()));
    let contexts = storage_contexts(pairs);
    (files, contexts)
}

#[tokio::test]
async fn our_own_listener_takes_what_is_sent() {
    let server = Server::start(|config| config.max_pdu_bytes = 4096).await;
    let peer = peer("ADAPTER", server.address.port());
    assert_eq!(requester().echo(&peer).await.unwrap(), Status::SUCCESS);
    let mut association = requester().open(&peer, &storage_contexts([(CT, EXPLICIT)])).await.unwrap();
    // shorter than a PDU, just one, just more, and of many
    for (number, length) in [0, 1, 4090, 4091, 8180, 8181, 3_000_001].into_iter().enumerate() {
        let (uid, bytes) = (format!("1.2.{number}"), vec![number as u8; length]);
        assert_eq!(association.store(&outgoing(&uid), body(&bytes, 70_000)).await.unwrap(), Status::SUCCESS);
        assert_eq!(server.sink.0.lock().unwrap().stored[&uid].2, bytes, "{length}");
    }
    let other = Outgoing { transfer_syntax: "1.2.840.10008.1.2.4.90".to_owned(), ..outgoing("1.3") };
    let refused = association.store(&other, body(&[], 1)).await;
    assert!(matches!(refused, Err(RequesterError::NotAccepted(_))));
    assert_eq!(association.store(&outgoing("1.4"), body(b"after", 1)).await.unwrap(), Status::SUCCESS);
    association.release().await.unwrap();
}

#[tokio::test]
async fn a_file_that_breaks_off_ends_the_association_and_is_not_stored() {
    let server = Server::start(|_| {}).await;
    let peer = peer("ADAPTER", server.address.port());
    let mut association = requester().open(&peer, &storage_contexts([(CT, EXPLICIT)])).await.unwrap();
    let torn = stream::iter([Ok(Bytes::from_static(b"half")), Err(archive::Error::Unavailable)]).boxed();
    let sent = association.store(&outgoing("1.2"), torn).await;
    assert!(matches!(sent, Err(RequesterError::Reading(_))));
    assert!(association.end(sent).await.is_err());
    assert_eq!(server.stored(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn storescp_takes_files_byte_for_byte() {
    for options in [&["--max-pdu", "4096"][..], &[]] {
        let Some(storescp) = Program::storescp(options) else { return };
        assert_eq!(requester().echo(&storescp.peer).await.unwrap(), Status::SUCCESS);
        let (files, contexts) = files(3, 300_001);
        let mut association = requester().open(&storescp.peer, &contexts).await.unwrap();
        for file in &files {
            assert_eq!(store_file(&mut association, file).await, Status::SUCCESS, "{}", storescp.log());
        }
        association.release().await.unwrap();
        let mut stored: Vec<_> = Vec::new();
        for entry in fs::read_dir(storescp.dir.path()).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            if let Ok(meta) = read_meta(&bytes) {
                stored.push(bytes[meta.data_set_offset as usize..].to_vec());
            }
        }
        assert_eq!(stored.len(), 3);
        for file in &files {
            let offset = read_meta(file).unwrap().data_set_offset as usize;
            assert!(stored.iter().any(|bytes| bytes == &file[offset..]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orthanc_takes_files() {
    let Some(orthanc) = Program::orthanc(None) else { return };
    assert_eq!(requester().echo(&orthanc.peer).await.unwrap(), Status::SUCCESS);
    let (files, contexts) = files(3, 20_000);
    let mut association = requester().open(&orthanc.peer, &contexts).await.unwrap();
    for file in &files {
        assert_eq!(store_file(&mut association, file).await, Status::SUCCESS);
    }
    association.release().await.unwrap();
}

/// A peer that takes one connection, reads the request and says this.
async fn misbehaving(answer: &'static [u8]) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = peer("BAD", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 64];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(answer).await.unwrap();
        // silent, not closed
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
    peer
}

#[tokio::test]
async fn peers_that_misbehave_are_left() {
    let config = RequesterConfig {
        connect_timeout_s: 1,
        association_timeout_s: 1,
        response_timeout_s: 1,
        ..RequesterConfig::default()
    };
    let requester = Requester::new(config, AeTitle::parse("PACSADAPTER").unwrap());
    for (answer, expected) in [
        (&b""[..], "the peer did not answer in time"),
        (b"\x03\x00\x00\x00\x00\x04\x00\x01\x01\x07", "the peer rejected the association"),
        (b"\x07\x00\x00\x00\x00\x04\x00\x00\x00\x00", "the peer aborted the association"),
        (b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00", "the peer sent no answer to the request"),
        (b"\x02\x00\xff\xff\xff\xff", "the peer sent a PDU longer than its limit"),
        (b"HTTP/1.1 400 Bad Request\r\n", "the peer sent a PDU longer than its limit"),
    ] {
        let told = requester.echo(&misbehaving(answer).await).await.unwrap_err();
        assert!(told.to_string().starts_with(expected), "{told}");
    }
    let nobody = requester.echo(&peer("NOBODY", crate::programs::free_port())).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::Unavailable);
    let nowhere = Peer { address: String::new(), ..peer("NOWHERE", 1) };
    assert!(matches!(requester.echo(&nowhere).await, Err(RequesterError::NoAddress)));
}
