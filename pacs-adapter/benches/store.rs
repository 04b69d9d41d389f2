//! C-STORE over loopback into a sink that keeps nothing: what the protocol costs.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail")]
#![allow(missing_docs, reason = "criterion writes the items")]

use archive::{Error, Framing, Outcome};
use async_trait::async_trait;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use imaging_domain::{InstanceUid, Principal, SopClassUid};
use pacs_adapter::{Callers, Listener, ListenerConfig, Services, StoreIncoming, StoreSink};
use std::{net::Ipv4Addr, time::Duration};
use test_data::sender::{Association, FileMeta, Peer, ProposedContext};
use tokio::{runtime::Runtime, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// A CT slice of 512 times 512 pixels.
const INSTANCE: usize = 512 * 1024;

#[derive(Clone)]
struct Nowhere;

#[async_trait]
impl StoreSink for Nowhere {
    type Incoming = Self;

    async fn begin(&self, _who: &Principal, _framing: Framing) -> Result<Self, Error> {
        Ok(Self)
    }
}

#[async_trait]
impl StoreIncoming for Nowhere {
    async fn write(&mut self, _chunk: Bytes) -> Result<(), Error> {
        Ok(())
    }

    async fn finish(self) -> Result<Outcome, Error> {
        InstanceUid::parse("1.2.3").map(Outcome::Stored).map_err(|_| Error::Mismatch("uid"))
    }
}

fn meta() -> FileMeta {
    FileMeta {
        sop_class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").unwrap(),
        sop_instance: InstanceUid::parse("1.2.3").unwrap(),
        transfer_syntax: "1.2.840.10008.1.2.1".to_owned(),
        data_set_offset: 0,
    }
}

/// Stores `count` instances over each of the associations at once, and gives them back.
async fn store(associations: Vec<Association>, count: u64, bytes: &Bytes) -> Vec<Association> {
    let mut tasks = JoinSet::new();
    for mut association in associations {
        let bytes = bytes.clone();
        tasks.spawn(async move {
            for _ in 0..count {
                let status = association.store(bytes.clone(), &meta()).await.unwrap();
                assert!(status.unwrap().is_done());
            }
            association
        });
    }
    tasks.join_all().await
}

fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let config =
        ListenerConfig { listen: (Ipv4Addr::LOCALHOST, 0).into(), callers: Callers::Any, ..ListenerConfig::default() };
    let listener = runtime.block_on(Listener::bind(config, Services::new(Nowhere))).unwrap();
    let peer = Peer::new(listener.address(), "BENCH", "ANY");
    runtime.spawn(listener.run(CancellationToken::new()));
    let bytes = Bytes::from(vec![7; INSTANCE]);
    let mut group = criterion.benchmark_group("c-store of 512 KiB");
    group.sample_size(20).measurement_time(Duration::from_secs(5));
    for at_once in [1, 8] {
        let contexts = [ProposedContext::of(&meta())];
        let mut open: Vec<_> =
            (0..at_once).map(|_| runtime.block_on(Association::open(&peer, &contexts)).unwrap()).collect();
        group.throughput(Throughput::Elements(10 * at_once));
        group.bench_function(format!("{at_once} associations"), |bencher| {
            bencher.iter(|| open = runtime.block_on(store(std::mem::take(&mut open), 10, &bytes)));
        });
    }
    group.finish();
}

criterion_group!(store_benches, benches);
criterion_main!(store_benches);
