//! The same instances for both, by C-STORE.

use super::{Door, Orthanc, Sides};
use crate::region::Adapter;
use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;
use std::{
    net::SocketAddr,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use test_data::{
    generator::{Place, instance_of_series, place_of},
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::task::JoinSet;

/// Bytes of an instance that is there to be found, and of one to be read.
const SMALL: usize = 8 << 10;
const LARGE: usize = 512 << 10;
/// Associations at once.
const ASSOCIATIONS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(300);

/// Some instances in a row, all of one series or each of its own study.
#[derive(Clone, Copy)]
pub struct Batch {
    first: u64,
    count: u64,
    series_of: u64,
    step: u64,
    bytes: usize,
}

impl Batch {
    /// Studies of one small instance each.
    pub fn studies(count: u32) -> Self {
        // four series are a study, so every fourth begins another one
        Self { first: 0, count: count.into(), series_of: 1, step: 4, bytes: SMALL }
    }

    /// Studies of one image each, for patients.
    pub fn patients(count: u32) -> Self {
        Self { first: 80_000_000, count: count.into(), series_of: 1, step: 4, bytes: LARGE }
    }

    /// A series of small instances.
    pub fn long_series(count: u32) -> Self {
        Self::series(10_000, count.into(), SMALL)
    }

    /// A study to be read whole; `which` tells one from another.
    pub fn study(which: u64) -> Self {
        Self::series(20_000 + which, 200, LARGE)
    }

    /// A scan of the whole body: 600 slices of one series.
    pub fn scan() -> Self {
        Self::series(21_000, 600, LARGE)
    }

    /// A series whose instances are each shown once; `which` tells one from another.
    pub fn pictures(which: u64, count: usize) -> Self {
        Self::series(30_000 + 1000 * which, count as u64, LARGE)
    }

    /// A study of so many bytes, one series.
    pub fn large(instance_bytes: usize, study_bytes: u64) -> Self {
        Self::series(40_000, study_bytes.div_ceil(instance_bytes as u64), instance_bytes)
    }

    fn series(study: u64, count: u64, bytes: usize) -> Self {
        // a study's number is that of its series by four, which is that of its instances by the series' length
        Self { first: (study + 1_000_000) * 4 * count, count, series_of: count, step: 1, bytes }
    }

    /// Numbers of the instances.
    pub fn numbers(&self) -> Range<u64> {
        0..self.count
    }

    /// Where an instance is.
    pub fn place(&self, number: u64) -> Place {
        place_of(self.first + number * self.step, self.series_of)
    }

    /// Sends all of it to a hospital's adapter.
    pub async fn send_to_adapter(self, address: SocketAddr) -> Result<()> {
        send(&Peer::new(address, "BENCH", Adapter::AE_TITLE), self).await
    }

    /// The same to Orthanc.
    pub async fn send_to_orthanc(self, address: SocketAddr) -> Result<()> {
        send(&Peer::new(address, "BENCH", Orthanc::AE_TITLE), self).await
    }

    /// Waits until the hub's index has all of it.
    pub async fn known(&self, hub: &Door) -> Result<()> {
        let path = format!("/studies/{}/series?includefield=00201209", self.place(0).study);
        let begun = Instant::now();
        let mut line = hub.dial().await?;
        loop {
            let body = line.body(&path, "application/dicom+json").await?;
            let found: Json = serde_json::from_slice(&body).unwrap_or_default();
            if found[0]["00201209"]["Value"][0] == self.count {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "the hub does not learn of the instances");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the hub's index has the last of its studies.
    pub async fn last_known(&self, hub: &Door) -> Result<()> {
        let path = format!("/studies/{}/series", self.place(self.count - 1).study);
        let begun = Instant::now();
        let mut line = hub.dial().await?;
        while line.body(&path, "application/dicom+json").await?.len() < 10 {
            ensure!(begun.elapsed() < PATIENCE, "the hub does not learn of the studies");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    fn source(&self, number: u64) -> Source {
        Source::Memory(instance_of_series(self.bytes, self.first + number * self.step, self.series_of).into())
    }
}

/// All of them.
pub fn batches(sides: &Sides<'_>) -> Vec<Batch> {
    let sizes = sides.sizes;
    let mut batches = vec![Batch::studies(sizes.studies), Batch::long_series(sizes.series), Batch::study(0)];
    batches.extend((0..super::pictures::KINDS.len()).map(|kind| super::pictures::batch(sizes, kind)));
    batches
}

/// Sends them and waits until the hub's index has them.
pub fn fill(sides: &Sides<'_>, orthanc: SocketAddr, adapter: SocketAddr) -> Result<()> {
    for (address, title) in [(orthanc, Orthanc::AE_TITLE), (adapter, Adapter::AE_TITLE)] {
        let peer = Peer::new(address, "BENCH", title);
        for batch in batches(sides) {
            sides.runtime.block_on(send(&peer, batch))?;
        }
    }
    // the feed keeps the order, so the hub has all when it has the last
    let last = *batches(sides).last().context("nothing was sent")?;
    sides.runtime.block_on(last.known(&sides.hub))
}

async fn send(peer: &Peer, batch: Batch) -> Result<()> {
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..ASSOCIATIONS {
        let (peer, next) = (peer.clone(), Arc::clone(&next));
        tasks.spawn(async move { send_some(&peer, batch, &next).await });
    }
    while let Some(sent) = tasks.join_next().await {
        sent??;
    }
    Ok(())
}

async fn send_some(peer: &Peer, batch: Batch, next: &AtomicU64) -> Result<()> {
    let context = ProposedContext::of(&batch.source(0).meta().await?);
    let mut association = Association::open(peer, &[context]).await?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= batch.count {
            return association.release().await;
        }
        let source = batch.source(number);
        let status = association.store_source(&source, &source.meta().await?).await?;
        ensure!(status.context("context refused")?.is_done(), "an instance was refused");
    }
}
