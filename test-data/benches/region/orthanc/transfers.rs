//! A long series' metadata, and a study read whole.

use super::{
    Sides,
    door::Door,
    filling::Batch,
    report::{Better, Report},
};
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use std::time::Instant;

const DICOM_JSON: &str = "application/dicom+json";
const FILES: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
const CLIENTS: [usize; 2] = [1, 8];

/// Measures both. What is first is first for both: nobody asked for it before.
pub fn measure(sides: &Sides<'_>, report: &mut Report) -> Result<()> {
    let series = Batch::long_series(sides.sizes.series);
    let place = series.place(0);
    let path = format!("/studies/{}/series/{}/metadata", place.study, place.series);
    let what = format!("metadata of {} instances", sides.sizes.series);
    let times = sides.in_turns(async |door, _| milliseconds(door, &path).await)?;
    let first = times.each_ref().map(|times| times[..1].to_vec());
    report.row(&format!("{what}, first question"), "ms", Better::Lower, first);
    report.row(&what, "ms", Better::Lower, times);

    let path = format!("/studies/{}", Batch::study(0).place(0).study);
    let first = [&sides.orthanc, &sides.hub].map(|door| sides.runtime.block_on(rate(door, &path, 1)));
    let [orthanc, hub] = first;
    report.row("study of 200 x 512 KiB, first time", "MB/s", Better::Higher, [vec![orthanc?], vec![hub?]]);
    for clients in CLIENTS {
        let rates = sides.in_turns(async |door, _| rate(door, &path, clients).await)?;
        report.row(&format!("the same again, {clients} clients"), "MB/s", Better::Higher, rates);
    }
    Ok(())
}

async fn milliseconds(door: &Door, path: &str) -> Result<f64> {
    let answer = door.dial().await?.get(path, DICOM_JSON).await?;
    ensure!(answer.bytes > 0, "{} gives no metadata", door.name);
    Ok(answer.took.as_secs_f64() * 1e3)
}

/// Megabytes a second of a study that so many clients read whole at the same time.
pub async fn rate(door: &Door, path: &str, clients: usize) -> Result<f64> {
    let mut lines = vec![];
    for _ in 0..clients {
        lines.push(door.dial().await?);
    }
    let begun = Instant::now();
    let reading = lines.into_iter().map(async |mut line| line.get(path, FILES).await);
    let bytes: u64 = try_join_all(reading).await?.iter().map(|answer| answer.bytes).sum();
    Ok(bytes as f64 / 1e6 / begun.elapsed().as_secs_f64())
}
