use crate::{
    files::meta,
    hostile::{associated, pdata},
    server::Server,
};
use dimse::{Command, CommandField, DataSetType, Generic, Status};
use imaging_domain::SopClassUid;
use pacs_adapter::CalledAe;
use std::time::{Duration, Instant};
use test_data::sender::{Association, Peer, ProposedContext, echo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub async fn refusal(peer: &Peer) -> String {
    match Association::open(peer, &[ProposedContext::verification()]).await {
        Ok(_) => "accepted".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn titles_are_checked_only_when_told_so() {
    let strict = Server::start(|config| config.called_ae = CalledAe::Strict).await;
    assert_eq!(refusal(&strict.peer()).await, "accepted");
    let other = Peer::new(strict.address, "MODALITY", "ANY-SCP");
    assert_eq!(refusal(&other).await, "association rejected: called AE title not recognized");
    let any = Server::start(|_| {}).await;
    assert_eq!(refusal(&Peer { address: any.address, ..other }).await, "accepted");
}

#[tokio::test]
async fn above_the_limit_peers_are_told_to_come_back() {
    let server = Server::start(|config| config.max_associations_per_address = 2).await;
    let contexts = [ProposedContext::verification()];
    let first = Association::open(&server.peer(), &contexts).await.unwrap();
    let _second = Association::open(&server.peer(), &contexts).await.unwrap();
    assert_eq!(refusal(&server.peer()).await, "association rejected: local limit exceeded");
    first.release().await.unwrap();
    let start = Instant::now();
    while refusal(&server.peer()).await != "accepted" {
        assert!(start.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn silent_connections_block_nobody_and_are_closed() {
    let server = Server::start(|config| config.association_timeout_s = 2).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let start = Instant::now();
    assert_eq!(echo(&server.peer()).await.unwrap(), Status::SUCCESS);
    assert!(start.elapsed() < Duration::from_secs(1));
    let mut received = Vec::new();
    let closed = silent[0].read_to_end(&mut received);
    tokio::time::timeout(Duration::from_secs(5), closed).await.unwrap().unwrap();
    assert_eq!(received.first(), Some(&7), "an abort");
}

#[tokio::test]
async fn an_association_that_stays_silent_is_aborted() {
    let server = Server::start(|config| config.idle_timeout_s = 1).await;
    let context = [ProposedContext::of(&meta("1")), ProposedContext::verification()];
    let mut association = Association::open(&server.peer(), &context).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1800)).await;
    let error = association.echo().await.unwrap_err();
    assert!(format!("{error:#}").contains("an abort"), "{error:#}");
}

/// Not even the abort gets through to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_reads_nothing_any_more_loses_its_place() {
    let server = Server::start(|config| {
        config.idle_timeout_s = 1;
        config.max_associations_per_address = 1;
    })
    .await;
    let mut stuck = associated(&server).await;
    let echo = Command::Generic(Generic {
        field: CommandField::CEchoRq,
        message_id: 1,
        sop_class: SopClassUid::parse(dimse::VERIFICATION).ok(),
        sop_instance: None,
        data_set: DataSetType::Absent,
        status: None,
    });
    let many = pdata(3, true, &echo.encode()).repeat(1000);
    let asking = tokio::spawn(async move {
        // ends when the connection does
        while stuck.write_all(&many).await.is_ok() {}
    });
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(refusal(&server.peer()).await, "association rejected: local limit exceeded", "it was not asked enough");
    let start = Instant::now();
    while refusal(&server.peer()).await != "accepted" {
        assert!(start.elapsed() < Duration::from_secs(60), "its place is lost for ever");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    asking.await.unwrap();
}

#[tokio::test]
async fn contexts_nobody_serves_are_refused_one_by_one() {
    let server = Server::start(|_| {}).await;
    let worklist = ProposedContext {
        abstract_syntax: "1.2.840.10008.5.1.4.31".to_owned(),
        transfer_syntax: "1.2.840.10008.1.2".to_owned(),
    };
    let contexts = [worklist.clone(), ProposedContext::of(&meta("1"))];
    let association = Association::open(&server.peer(), &contexts).await.unwrap();
    assert!(!association.accepts(&worklist));
    assert!(association.accepts(&contexts[1]));
    association.release().await.unwrap();
}
