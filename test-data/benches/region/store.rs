//! C-STORE into a real adapter, beside what the disk under it can do.
//!
//! An instance is acknowledged when it survives a power loss: file, folder, audit log and index are synced. So the limit
//! is the disk's: files of the same size, written, synced and renamed by nobody but a loop. The faster of fio and our
//! own loop, in the same round and with as many at a time, is what a store could reach. Beside it in the same round: DCMTK's
//! storescu as the sender, and Orthanc, as Debian has it, in place of the adapter, with our sender.

mod dcmtk;
mod disk;
mod fio;

use crate::{
    figures::median,
    machine,
    orthanc::{Orthanc, installed},
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
    /// Acknowledged instances per second that storescu sends; none when it is not installed.
    storescu: Option<f64>,
    /// Instances per second that Orthanc acknowledges to our sender; none when it is not installed.
    orthanc: Option<f64>,
}

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let orthanc = installed().map(|program| Orthanc::start(&program, place)).transpose()?;
    let us = Peer::new(adapter.dimse, "BENCH", Adapter::AE_TITLE);
    let them = orthanc.as_ref().map(|orthanc| Peer::new(orthanc.dimse, "BENCH", Orthanc::AE_TITLE));
    let sending = Sending { runtime: Runtime::new()?, instance_bytes: sizes.instance_bytes, next: Arc::default() };
    // first pages, first folders, first TLS sessions: not what is measured
    for peer in [Some(&us), them.as_ref()].into_iter().flatten() {
        sending.store(peer, 4, sizes.time.min(Duration::from_secs(1)))?;
    }
    let mut rounds = ASSOCIATIONS.map(|_| vec![]);
    for _ in 0..sizes.rounds {
        for (associations, rounds) in ASSOCIATIONS.into_iter().zip(&mut rounds) {
            rounds.push(round(sizes, place, &sending, (&adapter, &us, them.as_ref()), associations)?);
        }
    }
    print(sizes, &rounds, orthanc.as_ref().map(|orthanc| orthanc.version.as_str()));
    Ok(())
}

fn round(
    sizes: &Sizes,
    place: &Path,
    sending: &Sending,
    (adapter, us, them): (&Adapter, &Peer, Option<&Peer>),
    associations: usize,
) -> Result<Round> {
    let cpu = || (machine::cpu_ms(adapter.pid()), machine::cpu_ms(std::process::id()));
    let before = cpu();
    let (count, seconds) = sending.store(us, associations, sizes.time)?;
    let after = cpu();
    let each = (count as f64 / seconds * sizes.time.as_secs_f64()) as usize / associations;
    let storescu = dcmtk::stored_per_second(&place.join("storescu"), us, associations, each.max(1), || sending.make())?;
    let orthanc = them.map(|them| sending.store(them, associations, sizes.time)).transpose()?;
    let looped = disk::files_per_second(place, associations, sizes)?;
    let files = (looped * sizes.time.as_secs_f64()) as usize / associations;
    let fio = fio::files_per_second(place, associations, files.max(1), sizes.instance_bytes)?;
    Ok(Round {
        stored: count as f64 / seconds,
        adapter_ms: (after.0 - before.0) / count as f64,
        sender_ms: (after.1 - before.1) / count as f64,
        looped,
        fio,
        storescu,
        orthanc: orthanc.map(|(count, seconds)| count as f64 / seconds),
    })
}

/// The sender, with a number for each instance that there never was before.
struct Sending {
    runtime: Runtime,
    instance_bytes: usize,
    next: Arc<AtomicU64>,
}

impl Sending {
    /// An instance that there never was before.
    fn make(&self) -> Vec<u8> {
        instance_of_size(self.instance_bytes, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Stores for some time; gives how many were acknowledged and in how many seconds.
    fn store(&self, peer: &Peer, associations: usize, time: Duration) -> Result<(u64, f64)> {
        self.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            let begun = Instant::now();
            for _ in 0..associations {
                let (peer, next, size) = (peer.clone(), Arc::clone(&self.next), self.instance_bytes);
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
        let status = status.context("the presentation context was refused")?;
        ensure!(status.is_done(), "the answer was {status:?}");
        count += 1;
        source = make();
    }
    association.release().await?;
    Ok(count)
}

const HEADS: [&str; 11] = [
    "associations",
    "stored/s",
    "MB/s",
    "by storescu/s",
    "Orthanc/s",
    "own loop/s",
    "fio/s",
    "of fio",
    "of the disk's limit",
    "adapter CPU ms each",
    "sender CPU ms each",
];

fn print(sizes: &Sizes, rounds: &[Vec<Round>; 3], orthanc: Option<&str>) {
    let rows: Vec<_> = ASSOCIATIONS.iter().zip(rounds).map(|(count, rounds)| row(sizes, *count, rounds)).collect();
    let title = format!(
        "C-STORE of {} KiB, durable when acknowledged; the limit is the disk's: files of that size per second, the \
         faster of fio and our own loop",
        sizes.instance_bytes >> 10
    );
    table::print(&title, HEADS, &rows);
    println!("  - is what is not installed; Orthanc: {}", orthanc.unwrap_or("not installed"));
}

fn row(sizes: &Sizes, associations: usize, rounds: &[Round]) -> [String; 11] {
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    // a figure that is missing once is missing in every round
    let known = |figure: fn(&Round) -> Option<f64>| {
        let figures: Option<Vec<f64>> = rounds.iter().map(figure).collect();
        figures.map(median)
    };
    let told = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.0}"));
    let stored = of(|round| round.stored);
    let share = of(|round| round.stored / round.looped.max(round.fio.unwrap_or_default()));
    let of_fio = known(|round| round.fio.map(|fio| 100.0 * round.stored / fio));
    [
        associations.to_string(),
        format!("{stored:.0}"),
        format!("{:.0}", stored * sizes.instance_bytes as f64 / 1e6),
        told(known(|round| round.storescu)),
        told(known(|round| round.orthanc)),
        format!("{:.0}", of(|round| round.looped)),
        told(known(|round| round.fio)),
        told(of_fio) + " %",
        format!("{:.0} %", share * 100.0),
        format!("{:.2}", of(|round| round.adapter_ms)),
        format!("{:.2}", of(|round| round.sender_ms)),
    ]
}
