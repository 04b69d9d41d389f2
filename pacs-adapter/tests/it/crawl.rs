//! The taking over of an archive by its doors: what does not come is given up and said, and nothing is asked outside of hours.
//! That everything comes, over kills, is shown with the whole program (`test-data/tests/it/crawl.rs`).

use crate::{
    programs::{Program, peer},
    requester::{files, requester, store_file},
    server::MemorySink,
};
use catalog::Sqlite;
use dimse::Status;
use pacs_adapter::{Arrivals, CrawlConfig, CrawlParts, CrawlTold, Crawler, Hours, Peer, Store};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(60);
/// Noon of some day, UTC.
const NOON_MS: i64 = 1_700_049_600_000;

/// A crawler whose instances go where its index does not see them.
fn crawler(archive: Peer, config: CrawlConfig) -> (Crawler, MemorySink, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let index = catalog::Config { path: folder.path().join("index.sqlite"), readers: 2 };
    let (index, sink) = (Arc::new(Sqlite::open(&index).unwrap()), MemorySink::default());
    let parts = CrawlParts {
        arrivals: Arrivals::default(),
        // no study is whole because there are rules
        leaves_out: true,
        learning: None,
        crawls: index.clone(),
        readiness: index.clone(),
        studies: index,
        store: Arc::new(Store::new(sink.clone())),
        requester: requester(),
        clock: || NOON_MS,
    };
    (Crawler::new(parts, config, archive), sink, folder)
}

async fn until(crawler: &Crawler, there: impl Fn(&CrawlTold) -> bool) -> CrawlTold {
    let look = async {
        loop {
            let told = crawler.told().await.unwrap();
            if there(&told) {
                return told;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, look).await.expect("it comes in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_is_given_up_and_said() {
    let Some(orthanc) = Program::orthanc(None) else { return };
    let (files, contexts) = files(5, 2000);
    let mut association = requester().open(&orthanc.peer, &contexts).await.unwrap();
    for file in &files {
        assert_eq!(store_file(&mut association, file).await, Status::SUCCESS);
    }
    association.release().await.unwrap();
    let config = CrawlConfig { tries: 2, retry_s: 0, ..CrawlConfig::default() };
    let (crawler, sink, _folder) = crawler(orthanc.peer.clone(), config);
    let stop = CancellationToken::new();
    let task = tokio::spawn(crawler.clone().run(stop.clone()));
    assert_eq!(crawler.told().await.unwrap().pass, 0, "nothing begins by itself");
    assert_eq!(crawler.start().await.unwrap().pass, 1);
    let told = until(&crawler, |told| told.ended_ms.is_some()).await;
    assert_eq!((told.studies_told, told.studies_arrived, told.given_up, told.waiting), (5, 0, 5, 0));
    assert_eq!((told.lost.len(), told.lost[0].told, told.lost[0].held), (5, Some(1), 0));
    assert_eq!(told.lost[0].why, "0 of 1 instances are here, the archive says 0000 (success)");
    assert!(!told.is_complete());
    assert_eq!(sink.0.lock().unwrap().finished, 10, "each was tried twice");
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_does_not_answer_is_said_and_asked_again() {
    let (crawler, _sink, _folder) =
        crawler(peer("NOBODY", crate::programs::free_port()), CrawlConfig { retry_s: 0, ..CrawlConfig::default() });
    let stop = CancellationToken::new();
    let task = tokio::spawn(crawler.clone().run(stop.clone()));
    crawler.start().await.unwrap();
    let told = until(&crawler, |told| !told.trouble.is_empty()).await;
    assert!(told.trouble.starts_with("cannot connect to the peer"), "{}", told.trouble);
    assert!(told.windows_waiting > 30 && told.ended_ms.is_none(), "nothing is passed over");
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_its_hours_it_rests() {
    // noon is no minute of them wherever the machine stands: zones differ by quarters of an hour
    let hours = Hours::parse("11:51-11:52").unwrap();
    let config = CrawlConfig { hours, ..CrawlConfig::default() };
    let (crawler, _sink, _folder) = crawler(peer("NOBODY", crate::programs::free_port()), config);
    let stop = CancellationToken::new();
    let task = tokio::spawn(crawler.clone().run(stop.clone()));
    assert!(crawler.start().await.unwrap().rests);
    sleep(Duration::from_millis(300)).await;
    let told = crawler.told().await.unwrap();
    assert_eq!((told.rests, told.trouble.as_str()), (true, ""), "nobody was asked");
    stop.cancel();
    task.await.unwrap();
}
