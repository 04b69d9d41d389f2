//! What one request for a study of 3 GB costs the hub in memory, in every form that it is given in.
//!
//! The hub's largest resident set while it answers, above what it had before. The first question fetches the study from its
//! hospital; the others find it in the hub's cache.

use crate::{
    machine,
    orthanc::{Batch, Door},
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result, ensure};
use federation::tls;
use std::path::Path;
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

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
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
