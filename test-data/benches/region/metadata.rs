//! Metadata of one long CT series at a real hub over mutual TLS, asked by curl: each time a new connection.
//!
//! The first question comes before anything is ready: the hub asks the hospital, which reads every file. What was given
//! is kept, so that the next are one read; then the hub is started again and asked once.

use crate::{
    figures::percentile_ms,
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result, ensure};
use federation::{Dialler, tls};
use serde_json::Value as Json;
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use test_data::{
    generator::instance_of_series,
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::runtime::Runtime;

/// Bytes of one image: headers do not grow with it.
const IMAGE_BYTES: usize = 64 << 10;
/// Questions of which the middle is taken.
const QUESTIONS: usize = 20;
/// How long the hub may take to learn of the series.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let runtime = Runtime::new()?;
    runtime.block_on(send(&adapter, sizes.series))?;
    let series = runtime.block_on(known(&hub, sizes.series))?;
    let (cold, bytes) = ask(&hub, &series)?;
    let mut times = (0..QUESTIONS).map(|_| Ok(ask(&hub, &series)?.0)).collect::<Result<Vec<_>>>()?;
    hub.start_again()?;
    let (again, same) = ask(&hub, &series)?;
    ensure!(bytes == same, "the answer is {same} bytes after the restart and was {bytes} before");
    let row = [
        sizes.series.to_string(),
        format!("{:.1}", bytes as f64 / 1e6),
        format!("{:.0}", cold.as_secs_f64() * 1e3),
        format!("{:.0}", percentile_ms(&mut times, 0.5)),
        format!("{:.0}", percentile_ms(&mut times, 1.0)),
        format!("{:.0}", again.as_secs_f64() * 1e3),
    ];
    let heads = ["instances", "MB of JSON", "not ready", "ready, p50", "ready, slowest", "first after a restart"];
    table::print("Metadata of one series, curl over mutual TLS: milliseconds", heads, &[row]);
    Ok(())
}

/// Sends so many instances of one series to a hospital.
pub async fn send(adapter: &Adapter, count: u32) -> Result<()> {
    let peer = Peer::new(adapter.dimse, "BENCH", Adapter::AE_TITLE);
    let source = |number| Source::Memory(instance_of_series(IMAGE_BYTES, u64::from(number), u64::from(count)).into());
    let mut association = Association::open(&peer, &[ProposedContext::of(&source(0).meta().await?)]).await?;
    for number in 0..count {
        let source = source(number);
        let status = association.store_source(&source, &source.meta().await?).await?;
        let status = status.context("the adapter refused the presentation context")?;
        ensure!(status.is_done(), "the adapter answered {status:?}");
    }
    association.release().await
}

/// Waits until the hub knows all of the series; gives its path.
async fn known(hub: &Hub, count: u32) -> Result<String> {
    let dialler = Dialler::new(hub.config.listen.federation.to_string(), tls::mutual_client(&hub.credentials()?)?);
    let begun = Instant::now();
    loop {
        let mut line = dialler.dial().await?;
        let found: Vec<Json> = line.get("/dicomweb/series", "application/dicom+json").await?;
        if let Some(series) = found.first().filter(|series| series["00201209"]["Value"][0] == count) {
            let uid = |tag: &str| series[tag]["Value"][0].as_str().map(str::to_owned).context("a series without a uid");
            return Ok(format!("/dicomweb/studies/{}/series/{}/metadata", uid("0020000D")?, uid("0020000E")?));
        }
        ensure!(begun.elapsed() < PATIENCE, "the hub does not learn of the series");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One question; how long curl took, and how many bytes came.
fn ask(hub: &Hub, path: &str) -> Result<(Duration, u64)> {
    let client = hub.config.dir.join("client");
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail", "--output", "/dev/null"])
        .args(["--write-out", "%{time_total} %{size_download}", "--header", "accept: application/dicom+json"])
        .arg("--cacert")
        .arg(client.join("ca.pem"))
        .arg("--cert")
        .arg(client.join("client.pem"))
        .arg("--key")
        .arg(client.join("client.key"))
        .arg(format!("https://{}{path}", hub.config.listen.federation))
        .output()
        .context("curl cannot be started")?;
    ensure!(output.status.success(), "curl failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let told = String::from_utf8(output.stdout)?;
    let (seconds, bytes) = told.split_once(' ').context("curl says nothing")?;
    Ok((Duration::from_secs_f64(seconds.parse()?), bytes.parse()?))
}
