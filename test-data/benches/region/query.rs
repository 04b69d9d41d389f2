//! QIDO-RS at a real hub over mutual TLS, beside the same questions without HTTP and without anything.
//!
//! Every answer waits until its line of the audit log is on the disk, so the limit has two parts: what the index alone
//! takes, and one sync of the disk. Questions of five kinds come in turn, each with another value.

mod ask;
mod kind;
pub mod studies;

use crate::{
    figures::{median, percentile_ms},
    fill::{Filled, fill},
    region::Hub,
    sizes::Sizes,
    table,
};
use anyhow::Result;
use ask::Times;
use kind::KINDS;
use std::{fs::File, io::Write, path::Path, time::Instant};
use studies::STUDIES;
use tokio::runtime::Runtime;

/// Connections at once, besides one.
const CONNECTIONS: usize = 8;
/// Questions before anything is measured.
const WARM_UP: usize = 200;

/// What one round found.
struct Round {
    /// Of the index alone, of the router in this process, over one connection and over several.
    ways: [Times; 4],
    /// A line of the audit log appended and synced by nobody but a loop, in milliseconds: half and 99 % are below.
    sync_ms: [f64; 2],
}

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    let runtime = Runtime::new()?;
    let filled = runtime.block_on(fill(&hub.config, STUDIES, sizes.studies))?;
    hub.start()?;
    let inside = runtime.block_on(async { ask::Inside::open(&hub.config) })?;
    let outside = ask::Outside::new(&hub.config, &hub.credentials()?)?;
    runtime.block_on(outside.ask(1, sizes.studies, ask::Until::Count(WARM_UP)))?;
    let mut rounds = vec![];
    for _ in 0..sizes.rounds {
        let until = ask::Until::Time(sizes.time);
        let ways = runtime.block_on(async {
            anyhow::Ok([
                inside.ask_index(sizes.studies, until).await?,
                inside.ask_router(sizes.studies, until).await?,
                outside.ask(1, sizes.studies, until).await?,
                outside.ask(CONNECTIONS, sizes.studies, until).await?,
            ])
        })?;
        rounds.push(Round { ways, sync_ms: sync_ms(place, sizes)? });
    }
    print(sizes, &filled, &mut rounds);
    Ok(())
}

/// How long the disk takes for one line and its sync.
fn sync_ms(place: &Path, sizes: &Sizes) -> Result<[f64; 2]> {
    let path = place.join("lines");
    let mut file = File::options().create(true).append(true).open(&path)?;
    let begun = Instant::now();
    let mut times = vec![];
    while begun.elapsed() < sizes.time / 4 {
        let begin = Instant::now();
        file.write_all(&[b'x'; 400])?;
        file.sync_data()?;
        times.push(begin.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok([percentile_ms(&mut times, 0.5), percentile_ms(&mut times, 0.99)])
}

fn print(sizes: &Sizes, filled: &Filled, rounds: &mut [Round]) {
    let mut rows = vec![];
    for (number, kind) in KINDS.iter().enumerate() {
        let mut figure = |way: usize| {
            let mut at = |share: f64| {
                median(rounds.iter_mut().map(|round| percentile_ms(&mut round.ways[way].by_kind[number], share)))
            };
            format!("{:.2} / {:.2}", at(0.5), at(0.99))
        };
        let cells = [figure(0), figure(1), figure(2), figure(3)];
        let results = median(rounds.iter().map(|round| round.ways[2].mean_results(number)));
        let [index, inside, one, several] = cells;
        rows.push([kind.name.to_owned(), format!("{results:.1}"), index, inside, one, several]);
    }
    let title =
        format!("QIDO-RS over {} studies ({} instances): milliseconds, p50 / p99", sizes.studies, filled.instances);
    let several = format!("TLS, {CONNECTIONS} connections");
    let heads = ["by", "results", "index alone", "router, no HTTP", "TLS, 1 connection", &several];
    table::print(&title, heads, &rows);
    let per_second = |way: usize| median(rounds.iter().map(|round| round.ways[way].per_second()));
    println!(
        "  answers per second: index alone {:.0}, router {:.0}, 1 connection {:.0}, {CONNECTIONS} connections {:.0}",
        per_second(0),
        per_second(1),
        per_second(2),
        per_second(3)
    );
    let sync = [0, 1].map(|at| median(rounds.iter().map(|round| round.sync_ms[at])));
    println!(
        "  every answer waits for one synced line of the audit log; the disk alone takes {:.2} / {:.2} ms for that",
        sync[0], sync[1]
    );
    println!("  the index took {:.0} instances/s from the change feed", filled.per_second);
}
