//! What one request for a study of 3 GB costs the hub in memory, in every form that it is given in.
//!
//! The hub's largest resident set while it answers, above what it had before. The first question fetches the study from its
//! hospital; the others find it in the hub's cache.
//!
//! Then what it costs both programs to make the metadata of one long series ready, which nobody asks for.

use crate::{
    machine, metadata,
    orthanc::{Batch, Door},
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result, ensure};
use federation::tls;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const STORED: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
const JPEG_LS: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.4.80";

/// What is asked for: a name, a path below the study, what is accepted.
const FORMS: [(&str, &str, &str); 5] = [
    ("files as stored, fetched from the hospital", "", STORED),
    ("files as stored", "", STORED),
    ("a zip with its directory", "", "application/zip"),
    ("pixel data", "/pixeldata", "multipart/related; type=\"application/octet-stream\""),
    ("files in JPEG-LS, made on the way", "", JPEG_LS),
];

/// How long a program may take to make the long series ready.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let (answers, ahead) = (place.join("answers"), place.join("ahead"));
    fs::create_dir(&answers)?;
    fs::create_dir(&ahead)?;
    making_ready(sizes, &ahead)?;
    answering(sizes, &answers)
}

/// Metadata of one long series made ready, first at the hospital, then at the hub.
fn making_ready(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let runtime = Runtime::new()?;
    runtime.block_on(metadata::send(&adapter, sizes.long_series))?;
    let programs = [
        ("the adapter", adapter.pid(), place.join("adapter/headers")),
        ("the hub", hub.pid().context("the hub does not run")?, hub.config.dir.join("headers")),
    ];
    // its own memory, without the pages of the index that are mapped in, which are the system's
    let own = |pid: u32| machine::memory_kb(pid, "RssAnon");
    let before = programs.iter().map(|(_, pid, _)| own(*pid)).collect::<Result<Vec<_>>>()?;
    let (mut peaks, begun) = (before.clone(), Instant::now());
    while !programs.iter().all(|(_, _, kept)| has_file(kept)) {
        ensure!(begun.elapsed() < PATIENCE, "the series is not made ready");
        for (peak, (_, pid, _)) in peaks.iter_mut().zip(&programs) {
            *peak = own(*pid)?.max(*peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut rows = vec![];
    for (((name, _, _), before), peak) in programs.iter().zip(before).zip(peaks) {
        let more = (peak - before) as f64 / 1e3;
        rows.push([(*name).to_owned(), format!("{:.0}", before as f64 / 1e3), format!("{more:.0}")]);
    }
    let title = format!("Metadata of a series of {} instances made ready: memory", sizes.long_series);
    table::print(&title, ["program", "MB before", "MB more at most"], &rows);
    Ok(())
}

/// Whether a store keeps something: a file in one of its folders that is not being written.
fn has_file(store: &Path) -> bool {
    let files = walkdir::WalkDir::new(store).into_iter().flatten();
    files.into_iter().any(|entry| entry.file_type().is_file() && entry.metadata().is_ok_and(|data| data.len() > 1000))
}

fn answering(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let door = Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?);
    let runtime = Runtime::new()?;
    let batch = Batch::large(sizes.instance_bytes, sizes.study_bytes);
    runtime.block_on(batch.send_to_adapter(adapter.dimse))?;
    runtime.block_on(batch.known(&door))?;
    let pid = hub.pid().context("the hub does not run")?;
    let mut rows = vec![];
    for (name, path, accept) in FORMS {
        machine::forget_peak(pid)?;
        let before = machine::memory_kb(pid, "VmRSS")?;
        let path = format!("/studies/{}{path}", batch.place(0).study);
        let answer = runtime.block_on(async { door.dial().await?.get(&path, accept).await })?;
        ensure!(answer.bytes > 0, "nothing came");
        let peak = machine::memory_kb(pid, "VmHWM")?;
        rows.push([
            name.to_owned(),
            format!("{:.2}", answer.bytes as f64 / 1e9),
            format!("{:.0}", answer.bytes as f64 / 1e6 / answer.took.as_secs_f64()),
            format!("{:.0}", before as f64 / 1e3),
            format!("{:.0}", peak.saturating_sub(before) as f64 / 1e3),
        ]);
    }
    let title = format!("One request for a study of {:.1} GB: memory of the hub", sizes.study_bytes as f64 / 1e9);
    table::print(&title, ["form", "GB given", "MB/s", "MB before", "MB more at most"], &rows);
    Ok(())
}
