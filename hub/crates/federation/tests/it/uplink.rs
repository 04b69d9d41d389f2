//! The hospital's lines to the hub over real connections.

use crate::{
    hub::Hub,
    instances::{copies, instance, open, permit, site, store},
    proxy::Proxy,
};
use catalog::{ChangeFeed, Sqlite};
use federation::{ANSWER_TIMEOUT, Uplink};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// A hospital whose feed is being sent.
struct Hospital {
    index: Sqlite,
    written: Arc<Notify>,
    state: watch::Receiver<federation::State>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

impl Hospital {
    async fn start(hub: &Hub, address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (index, written) = (open(folder.path(), "index.db"), Arc::new(Notify::new()));
        let (_, dialler) = watch::channel(Hub::dialler(address, &hub.member("a").await));
        let uplink = Uplink::new(site("a"), dialler, Arc::new(index.clone()), written.clone());
        let (state, stop) = (uplink.state(), CancellationToken::new());
        let stopped = stop.clone();
        let task = tokio::spawn(async move { uplink.send_feed(&stopped).await });
        Self { index, written, state, stop, task, _folder: folder }
    }

    async fn scan(&self, numbers: std::ops::Range<u32>) {
        store(&self.index, "a", numbers.map(|number| instance(number, 0)).collect()).await;
        self.written.notify_waiters();
    }

    async fn wait_until_held(&mut self, number: u64) {
        self.state.wait_for(|state| state.held >= number).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_hospital_stores_the_hub_knows() {
    let hub = Hub::start().await;
    let mut hospital = Hospital::start(&hub, &hub.federation).await;
    hospital.state.wait_for(|state| state.feed_connected).await.unwrap();
    for end in [1, 2, 40] {
        let begin = copies(&hospital.index, "a", 100).await.len() as u32;
        hospital.scan(begin..end).await;
        hospital.wait_until_held(u64::from(end)).await;
        assert_eq!(copies(&hub.index, "a", 100).await, copies(&hospital.index, "a", 100).await);
        assert_eq!(hub.intake.last_written(&site("a")), Some(u64::from(end)));
    }
    hospital.stop.cancel();
    hospital.task.await.unwrap();
}

#[tokio::test]
async fn a_backlog_of_several_batches_is_sent_in_order() {
    let hub = Hub::start().await;
    let mut hospital = Hospital::start(&hub, &hub.federation).await;
    hospital.scan(0..1300).await;
    hospital.wait_until_held(1300).await;
    assert_eq!(hub.index.position(&permit(), &site("a")).await.unwrap(), 1300);
    assert_eq!(copies(&hub.index, "a", 1300).await, copies(&hospital.index, "a", 1300).await);
}

/// All at once they need longer than an answer may; sent again and again as they were, they would never arrive.
#[tokio::test]
async fn a_backlog_gets_through_a_slow_line_in_smaller_parts() {
    let hub = Hub::start().await;
    let mut hospital = Hospital::start(&hub, &hub.federation).await;
    hospital.stop.cancel();
    hospital.scan(0..500).await;
    let lines = hospital.index.changes_after(&permit(), &site("a"), 0, 500).await.unwrap();
    let bytes = serde_json::to_vec(&lines).unwrap().len();
    let pause = ANSWER_TIMEOUT.mul_f64(1.5 * f64::from(16 << 10) / bytes as f64);
    let proxy = Proxy::with(&hub.federation, pause).await;
    let (_, dialler) = watch::channel(Hub::dialler(&proxy.address.to_string(), &hub.member("a").await));
    let uplink = Uplink::new(site("a"), dialler, Arc::new(hospital.index.clone()), hospital.written.clone());
    hospital.state = uplink.state();
    let sending = tokio::spawn(async move { uplink.send_feed(&CancellationToken::new()).await });
    hospital.wait_until_held(500).await;
    assert_eq!(hub.index.position(&permit(), &site("a")).await.unwrap(), 500);
    sending.abort();
}

#[tokio::test]
async fn a_feed_that_fell_silent_is_noticed_and_goes_on_over_a_new_connection() {
    let hub = Hub::start().await;
    let proxy = Proxy::to(&hub.federation).await;
    let mut hospital = Hospital::start(&hub, &proxy.address.to_string()).await;
    hospital.scan(0..3).await;
    hospital.wait_until_held(3).await;
    proxy.go_silent();
    tokio::time::pause();
    let noticed =
        timeout(std::time::Duration::from_secs(30), hospital.state.wait_for(|state| !state.feed_connected)).await;
    noticed.expect("the hospital notices it").unwrap();
    tokio::time::resume();
    hospital.scan(3..5).await;
    hospital.wait_until_held(5).await;
    assert_eq!(copies(&hub.index, "a", 10).await, copies(&hospital.index, "a", 10).await);
}
