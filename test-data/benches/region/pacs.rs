//! Orthanc as a hospital's PACS, filled with studies that were made for load, and an adapter that asks it.

use crate::{
    children::command,
    orthanc::Orthanc,
    region::{Adapter, Hub},
};
use anyhow::{Context, Result, ensure};
use pacs_adapter::{CrawlConfig, Holding, Peer as ConfiguredPeer};
use serde_json::Value;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};
use test_data::{
    generator::instance_of_series,
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::{runtime::Runtime, task::JoinSet};

/// Associations that fill it at once.
const FILLING: usize = 4;
/// Associations of the crawl at once.
const CRAWLING: usize = 4;
/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(300);

/// Fills the PACS with instances of these numbers; gives how many seconds that took.
pub fn fill(pacs: &Orthanc, size_bytes: usize, series_of: u64, numbers: Vec<u64>) -> Result<f64> {
    let begun = Instant::now();
    let (numbers, next) = (Arc::new(numbers), Arc::new(AtomicU64::new(0)));
    Runtime::new()?.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..FILLING {
            let peer = Peer::new(pacs.dimse, "MODALITY", Orthanc::AE_TITLE);
            let (numbers, next) = (Arc::clone(&numbers), Arc::clone(&next));
            tasks.spawn(async move {
                let mut open: Option<Association> = None;
                while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    let source = Source::Memory(instance_of_series(size_bytes, *number, series_of).into());
                    let meta = source.meta().await?;
                    let association = match open.as_mut() {
                        Some(association) => association,
                        None => open.insert(Association::open(&peer, &[ProposedContext::of(&meta)]).await?),
                    };
                    let status = association.store_source(&source, &meta).await?.context("no presentation context")?;
                    ensure!(status.is_done(), "Orthanc answered {status:?}");
                }
                match open {
                    Some(open) => Ok(open.release().await?),
                    None => Ok(()),
                }
            });
        }
        while let Some(filled) = tasks.join_next().await {
            filled??;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Starts a hospital whose adapter asks this PACS.
pub fn hospital(place: &Path, hub: &Hub, pacs: &Orthanc, holding: Holding, cache_bytes: u64) -> Result<Adapter> {
    let archive = format!("ae_title = {:?}\naddress = \"{}\"", Orthanc::AE_TITLE, pacs.dimse);
    let archive: ConfiguredPeer = toml::from_str(&archive)?;
    Adapter::start_set(place, hub, |config| {
        config.holding = holding;
        config.cache_bytes = cache_bytes;
        config.crawl =
            CrawlConfig { archive: Orthanc::AE_TITLE.into(), associations: CRAWLING, ..CrawlConfig::default() };
        config.peers = vec![archive];
    })
}

/// What an adapter tells of its crawl.
pub fn told(adapter: &Adapter) -> Result<Value> {
    Ok(serde_json::from_str(&command("adapter", adapter.file(), &["crawl", "report", "--json"])?)?)
}

/// Walks through the whole PACS and kills the adapter so often on the way; gives the report and the seconds of the pass.
pub fn crawled(adapter: &mut Adapter, studies: u64, kills: u64) -> Result<(Value, f64)> {
    command("adapter", adapter.file(), &["crawl", "start"])?;
    for kill in 1..=kills {
        let wanted = studies * kill / (kills + 1);
        let told = progress(adapter, |told| told["studies_arrived"].as_u64() >= Some(wanted))?;
        ensure!(told["ended_ms"].is_null(), "it had ended before it was killed: {told}");
        adapter.killed()?;
    }
    let told = progress(adapter, |told| told["ended_ms"].is_i64())?;
    let at = |name: &str| told[name].as_i64().with_context(|| format!("{name}: {told}"));
    let seconds = (at("ended_ms")? - at("begun_ms")?) as f64 / 1000.0;
    Ok((told, seconds))
}

fn progress(adapter: &Adapter, there: impl Fn(&Value) -> bool) -> Result<Value> {
    let (mut last, mut since) = (None, Instant::now());
    loop {
        let told = told(adapter)?;
        if there(&told) {
            return Ok(told);
        }
        let now = (told["studies_arrived"].as_u64(), told["windows_waiting"].as_u64());
        if last != Some(now) {
            (last, since) = (Some(now), Instant::now());
        }
        ensure!(since.elapsed() < PATIENCE, "nothing more comes: {told}");
        sleep(Duration::from_millis(100));
    }
}
