//! C-STORE into a real adapter, beside what the disk under it can do.
//!
//! An instance is acknowledged when it survives a power loss: file, folder, audit log and index are synced. So the limit
//! is the disk's: files of the same size, written, synced and renamed by nobody but a loop. The faster of fio and our
//! own loop, in the same round and with as many at a time, is what a store could reach.

mod disk;
mod fio;

use crate::{
    figures::median,
    machine,
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result, ensure};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use test_data::{
    generator::instance_of_size,
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::{runtime::Runtime, task::JoinSet};

/// Associations at once.
const ASSOCIATIONS: [usize; 3] = [1, 4, 12];

/// What one round found of one number of associations.
struct Round {
    /// Acknowledged instances per second.
    stored: f64,
    /// CPU time of the adapter and of the sender, in milliseconds per instance.
    adapter_ms: f64,
    sender_ms: f64,
    /// Files per second of our own loop.
    looped: f64,
    /// Files per second of fio; none when it is not installed.
    fio: Option<f64>,
}

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let sending = Sending {
        runtime: Runtime::new()?,
        peer: Peer::new(adapter.dimse, "BENCH", Adapter::AE_TITLE),
        instance_bytes: sizes.instance_bytes,
        next: Arc::default(),
    };
    // first pages, first folders, first TLS sessions: not what is measured
    sending.store(4, sizes.time.min(Duration::from_secs(1)))?;
    let mut rounds = ASSOCIATIONS.map(|_| vec![]);
    for _ in 0..sizes.rounds {
        for (associations, rounds) in ASSOCIATIONS.into_iter().zip(&mut rounds) {
            rounds.push(round(sizes, place, &sending, &adapter, associations)?);
        }
    }
    print(sizes, &rounds);
    Ok(())
}

fn round(sizes: &Sizes, place: &Path, sending: &Sending, adapter: &Adapter, associations: usize) -> Result<Round> {
    let cpu = || (machine::cpu_ms(adapter.pid()), machine::cpu_ms(std::process::id()));
    let before = cpu();
    let (count, seconds) = sending.store(associations, sizes.time)?;
    let after = cpu();
    let looped = disk::files_per_second(place, associations, sizes)?;
    let files = (looped * sizes.time.as_secs_f64()) as usize / associations;
    let fio = fio::files_per_second(place, associations, files.max(1), sizes.instance_bytes)?;
    Ok(Round {
        stored: count as f64 / seconds,
        adapter_ms: (after.0 - before.0) / count as f64,
        sender_ms: (after.1 - before.1) / count as f64,
        looped,
        fio,
    })
}

/// The sender, with a number for each instance that there never was before.
struct Sending {
    runtime: Runtime,
    peer: Peer,
    instance_bytes: usize,
    next: Arc<AtomicU64>,
}

impl Sending {
    /// Stores for some time; gives how many were acknowledged and in how many seconds.
    fn store(&self, associations: usize, time: Duration) -> Result<(u64, f64)> {
        self.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            let begun = Instant::now();
            for _ in 0..associations {
                let (peer, next, size) = (self.peer.clone(), Arc::clone(&self.next), self.instance_bytes);
                tasks.spawn(async move { store_until(&peer, begun + time, &next, size).await });
            }
            let mut count = 0;
            while let Some(stored) = tasks.join_next().await {
                count += stored??;
            }
            Ok((count, begun.elapsed().as_secs_f64()))
        })
    }
}

/// Stores over an association of its own until the time is up.
async fn store_until(peer: &Peer, until: Instant, next: &AtomicU64, size_bytes: usize) -> Result<u64> {
    let make = || Source::Memory(instance_of_size(size_bytes, next.fetch_add(1, Ordering::Relaxed)).into());
    let mut source = make();
    let mut association = Association::open(peer, &[ProposedContext::of(&source.meta().await?)]).await?;
    let mut count = 0;
    while Instant::now() < until {
        let status = association.store_source(&source, &source.meta().await?).await?;
        let status = status.context("the adapter refused the presentation context")?;
        ensure!(status.is_done(), "the adapter answered {status:?}");
        count += 1;
        source = make();
    }
    association.release().await?;
    Ok(count)
}

fn print(sizes: &Sizes, rounds: &[Vec<Round>; 3]) {
    let of = |rounds: &[Round], figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    let has_fio = rounds.iter().flatten().all(|round| round.fio.is_some());
    let mut rows = vec![];
    for (associations, rounds) in ASSOCIATIONS.iter().zip(rounds) {
        let (stored, looped) = (of(rounds, |round| round.stored), of(rounds, |round| round.looped));
        let fio = of(rounds, |round| round.fio.unwrap_or_default());
        let share = of(rounds, |round| round.stored / round.looped.max(round.fio.unwrap_or_default()));
        rows.push([
            associations.to_string(),
            format!("{stored:.0}"),
            format!("{:.0}", stored * sizes.instance_bytes as f64 / 1e6),
            format!("{looped:.0}"),
            if has_fio { format!("{fio:.0}") } else { "-".into() },
            format!("{:.0} %", share * 100.0),
            format!("{:.2}", of(rounds, |round| round.adapter_ms)),
            format!("{:.2}", of(rounds, |round| round.sender_ms)),
        ]);
    }
    let title = format!(
        "C-STORE of {} KiB, durable when acknowledged; the limit is the disk's: files of that size per second, the \
         faster of fio and our own loop",
        sizes.instance_bytes >> 10
    );
    let heads = [
        "associations",
        "stored/s",
        "MB/s",
        "own loop/s",
        "fio/s",
        "of the disk's limit",
        "adapter CPU ms each",
        "sender CPU ms each",
    ];
    table::print(&title, heads, &rows);
    if !has_fio {
        println!("  fio not installed: the limit is our own loop's");
    }
}
