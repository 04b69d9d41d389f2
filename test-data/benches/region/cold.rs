//! What nobody asked for before: a study and pictures whose files the hub fetches from the hospital first.
//!
//! The same questions as beside Orthanc, of the hub alone, so that a change of its own can be measured in a minute.

use crate::{
    figures::median,
    machine,
    orthanc::{Batch, Door, files_rate, pictures},
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result};
use federation::tls;
use std::path::Path;
use tokio::runtime::Runtime;

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let door = Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?);
    let runtime = Runtime::new()?;
    let studies: Vec<Batch> = (0..sizes.rounds as u64).map(Batch::study).collect();
    let pictures = (0..pictures::KINDS.len()).map(|kind| pictures::batch(sizes, kind));
    let batches: Vec<Batch> = studies.iter().copied().chain(pictures).collect();
    for batch in &batches {
        runtime.block_on(batch.send_to_adapter(adapter.dimse))?;
    }
    // the feed keeps the order, so the hub has all when it has the last
    runtime.block_on(batches.last().context("nothing was sent")?.known(&door))?;
    machine::at_rest(hub.pid().into_iter().chain([adapter.pid()]))?;
    let mut rows = vec![];
    for clients in [1, 8] {
        let rate = |batch: &Batch| {
            let path = format!("/studies/{}", batch.place(0).study);
            runtime.block_on(files_rate(&door, &path, clients))
        };
        let rates: Vec<f64> = studies.iter().map(rate).collect::<Result<_>>()?;
        let what = if clients == 1 { "first time, 1 client" } else { "again, 8 clients" };
        rows.push([format!("study of 200 x 512 KiB, {what}"), "MB/s".into(), format!("{:.0}", median(rates))]);
    }
    for (kind, (name, paths, accept)) in pictures::KINDS.into_iter().enumerate() {
        for (at, clients) in pictures::CLIENTS.into_iter().enumerate() {
            let rate = |round| {
                let paths = pictures::paths(&pictures::batch(sizes, kind), round, at, paths[1]);
                runtime.block_on(pictures::rate(&door, &paths, accept, clients))
            };
            let rates: Vec<f64> = (0..sizes.rounds).map(rate).collect::<Result<_>>()?;
            let what = format!("{name}, each of its own instance, {clients} clients");
            rows.push([what, "a second".into(), format!("{:.0}", median(rates))]);
        }
    }
    table::print("What the hub fetches first, hospital beside it", ["what", "unit", "hub"], &rows);
    Ok(())
}
