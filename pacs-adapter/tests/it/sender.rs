use crate::{
    files::{below, cases, file, meta},
    server::{Refusal, Server},
};
use archive::Framing;
use bytes::Bytes;
use dimse::Status;
use imaging_domain::Principal;
use std::{collections::HashMap, time::Duration};
use test_data::sender::{Association, ProposedContext, Sent, Source, echo, read_meta, send};

#[tokio::test]
async fn echo_is_answered() {
    let server = Server::start(|_| {}).await;
    assert_eq!(echo(&server.peer()).await.unwrap(), Status::SUCCESS);
}

/// Of each instance one file: the set has several with one identifier on purpose, and the first stays.
fn unique(folder: &std::path::Path) -> Vec<(Source, String, u64)> {
    let mut seen = HashMap::new();
    for path in below(folder) {
        let bytes = std::fs::read(&path).unwrap();
        if let Ok(meta) = read_meta(&bytes) {
            seen.entry(meta.sop_instance.to_string()).or_insert((path, meta.data_set_offset));
        }
    }
    seen.into_iter().map(|(uid, (path, offset))| (Source::Path(path), uid, offset)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_data_set_arrives_byte_for_byte() {
    let Some(folder) = cases() else { return };
    let server = Server::start(|_| {}).await;
    let files = unique(&folder);
    assert!(files.len() > 100, "{} files", files.len());
    let results = send(files.iter().map(|(source, ..)| source.clone()).collect(), &server.peer()).await.unwrap();
    let mut refused = Vec::new();
    for ((source, sent), (_, uid, offset)) in results.iter().zip(&files) {
        let Source::Path(path) = source else { unreachable!() };
        match sent {
            Sent::Answered(Status::SUCCESS) => {
                let bytes = std::fs::read(path).unwrap();
                let state = server.sink.0.lock().unwrap();
                let (who, framing, stored) = &state.stored[uid];
                assert_eq!(stored.as_slice(), &bytes[*offset as usize..], "{}", path.display());
                assert!(matches!(framing, Framing::DataSet { sop_instance, .. } if sop_instance == uid));
                assert!(matches!(who, Principal::LocalPeer { ae, .. } if ae.as_str() == "MODALITY"));
            }
            other => refused.push((path.strip_prefix(&folder).unwrap().to_owned(), other.clone())),
        }
    }
    println!("{} instances arrived, not sent or refused: {refused:#?}", files.len() - refused.len());
    assert!(refused.iter().all(|(_, sent)| *sent == Sent::ContextRefused) && refused.len() < 5);
}

#[tokio::test]
async fn a_refused_data_set_does_not_end_the_association() {
    let server = Server::start(|_| {}).await;
    let big = Bytes::from(vec![7; 3_500_001]);
    server.refuse("1.1", Refusal::Begin);
    server.refuse("1.2", Refusal::Write);
    server.refuse("1.3", Refusal::Finish);
    let mut association = Association::open(&server.peer(), &[ProposedContext::of(&meta("1"))]).await.unwrap();
    for (uid, expected) in
        [("1.1", 0xA700), ("1.4", 0), ("1.2", 0xA900), ("1.5", 0), ("1.3", 0xC000), ("1.6", 0), ("1.6", 0)]
    {
        let status = association.store(big.clone(), &meta(uid)).await.unwrap();
        assert_eq!(status, Some(Status::from_code(expected)), "{uid}");
    }
    // Other bytes of one identifier are a success too: they are kept aside.
    assert_eq!(association.store(Bytes::new(), &meta("1.6")).await.unwrap(), Some(Status::SUCCESS));
    association.release().await.unwrap();
    let state = server.sink.0.lock().unwrap();
    assert_eq!(state.stored.len(), 3);
    assert!(state.stored.values().all(|(_, _, bytes)| *bytes == big));
}

#[tokio::test]
async fn files_that_are_none_are_skipped_and_the_rest_is_sent() {
    let server = Server::start(|_| {}).await;
    let sources = vec![file("1.1", b"one"), Source::Memory(Bytes::from_static(b"no file")), file("1.2", b"two")];
    let results: Vec<_> = send(sources, &server.peer()).await.unwrap().into_iter().map(|(_, sent)| sent).collect();
    let done = Sent::Answered(Status::SUCCESS);
    assert_eq!(results, [done.clone(), Sent::Skipped("no file meta information".to_owned()), done]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_associations_at_once() {
    let server = Server::start(|config| config.max_associations_per_address = 64).await;
    let contexts = [ProposedContext::of(&meta("1"))];
    let mut open = Vec::new();
    for _ in 0..50 {
        open.push(Association::open(&server.peer(), &contexts).await.unwrap());
    }
    let tasks: Vec<_> = open
        .into_iter()
        .enumerate()
        .map(|(number, mut association)| {
            tokio::spawn(async move {
                for at in 0..5 {
                    let bytes = Bytes::from(vec![number as u8; 300_000 + at]);
                    let status = association.store(bytes, &meta(&format!("1.{number}.{at}"))).await.unwrap();
                    assert_eq!(status, Some(Status::SUCCESS));
                }
                association.release().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(server.stored(), 250);
}

#[tokio::test]
async fn stopping_ends_associations_between_messages() {
    let server = Server::start(|_| {}).await;
    let contexts = [ProposedContext::of(&meta("1")), ProposedContext::verification()];
    let mut idle = Association::open(&server.peer(), &contexts).await.unwrap();
    assert_eq!(idle.echo().await.unwrap(), Status::SUCCESS);
    server.stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), server.task).await.unwrap().unwrap();
    assert!(idle.echo().await.is_err());
}
