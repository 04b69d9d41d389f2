//! C-STORE into a real adapter, beside what the disk under it can do.
//!
//! An instance is acknowledged when it survives a power loss: file, folder, audit log and index are synced. So the limit
//! is the disk's: files of the same size, written, synced and renamed by nobody but a loop. The faster of fio and our
//! own loop, in the same round and with as many at a time, is what the disk could take; a bare receiver of ours, that only
//! receives, digests and writes, what processor and disk leave of that. Beside it in the same round: DCMTK's storescu as
//! the sender, and Orthanc, as Debian has it, in place of the adapter, with our sender. Hub and adapter stand still while
//! others are measured, so that what they make ready in quiet times slows nobody down. A rented disk is faster for a second or
//! two after it was left alone: each is measured after the same rest.

mod bare;
mod dcmtk;
mod disk;
mod fio;
mod rows;
mod spent;

use crate::{
    machine::{self, Stopped},
    orthanc::{Orthanc, installed},
    region::{Adapter, Hub},
    sizes::Sizes,
};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use test_data::{
    generator::{instance_in, instance_of_size},
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::{runtime::Runtime, task::JoinSet};

/// What one round found of one number of associations.
struct Round {
    /// Acknowledged instances per second.
    stored: f64,
    /// CPU time of the adapter and of the sender, in milliseconds per instance.
    adapter_ms: f64,
    sender_ms: f64,
    /// Instances per second of a receiver that does nothing else.
    bare: f64,
    /// Files per second of our own loop.
    looped: f64,
    /// Files per second of fio; none when it is not installed.
    fio: Option<f64>,
    /// What storescu gets acknowledged; none when it is not installed.
    storescu: Option<dcmtk::Sent>,
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
    let mut rounds: Vec<_> = sizes.associations.iter().map(|_| vec![]).collect();
    for _ in 0..sizes.rounds {
        for (&associations, rounds) in sizes.associations.iter().zip(&mut rounds) {
            let region = Region { hub: hub.pid(), adapter: adapter.pid(), us: &us, them: them.as_ref() };
            rounds.push(round(sizes, place, &sending, &region, associations)?);
        }
    }
    rows::print(sizes, &rounds, orthanc.as_ref().map(|orthanc| orthanc.version.as_str()));
    Ok(())
}

/// Who is measured.
struct Region<'a> {
    hub: Option<u32>,
    adapter: u32,
    us: &'a Peer,
    them: Option<&'a Peer>,
}

fn round(
    sizes: &Sizes,
    place: &Path,
    sending: &Sending,
    &Region { hub, adapter, us, them }: &Region<'_>,
    associations: usize,
) -> Result<Round> {
    let cpu = || (machine::cpu_ms(adapter), machine::cpu_ms(std::process::id()));
    let rest = || thread::sleep(sizes.rest);
    rest();
    let before = cpu();
    let (count, seconds) = sending.store(us, associations, sizes.time)?;
    let after = cpu();
    let each = (count as f64 / seconds * sizes.time.as_secs_f64()) as usize / associations;
    let storescu = dcmtk::sent(place, us, associations, each.max(1), || sending.make(), rest)?;
    let _still = hub.into_iter().chain([adapter]).map(Stopped::new).collect::<Result<Vec<_>>>()?;
    rest();
    let orthanc = them.map(|them| sending.store(them, associations, sizes.time)).transpose()?;
    rest();
    let bare = bare::acknowledged_per_second(place, associations, sizes)?;
    rest();
    let looped = disk::files_per_second(place, associations, sizes)?;
    let files = (looped * sizes.time.as_secs_f64()) as usize / associations;
    rest();
    let fio = fio::files_per_second(place, associations, files.max(1), sizes.instance_bytes)?;
    Ok(Round {
        stored: count as f64 / seconds,
        adapter_ms: (after.0 - before.0) / count as f64,
        sender_ms: (after.1 - before.1) / count as f64,
        bare,
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

/// Stores over an association of its own until the time is up, each from the memory of the one before.
async fn store_until(peer: &Peer, until: Instant, next: &AtomicU64, size_bytes: usize) -> Result<u64> {
    let make = |memory| Bytes::from(instance_in(memory, size_bytes, next.fetch_add(1, Ordering::Relaxed)));
    let mut bytes = make(vec![]);
    let meta = Source::Memory(bytes.clone()).meta().await?;
    let mut association = Association::open(peer, &[ProposedContext::of(&meta)]).await?;
    let mut count = 0;
    while Instant::now() < until {
        let source = Source::Memory(bytes.clone());
        let status = association.store_source(&source, &source.meta().await?).await?;
        let status = status.context("the presentation context was refused")?;
        ensure!(status.is_done(), "the answer was {status:?}");
        count += 1;
        drop(source);
        bytes = make(bytes.into());
    }
    association.release().await?;
    Ok(count)
}
