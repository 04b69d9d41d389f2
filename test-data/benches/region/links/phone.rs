//! One telephone, in Chromium, at the end of a slow line.

use super::{
    link, links,
    slow_line::{self, Line},
};
use crate::{
    children::command,
    region::{Adapter, Hub},
};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// 20 Mbit/s towards the telephone, 50 ms there and back.
const LINE: Line = Line { delay: Duration::from_millis(25), bytes_per_second: 20e6 / 8.0 };

/// Runs this half.
pub fn run(place: &Path, hub: &Hub, adapter: &Adapter, runtime: &Runtime, has_viewer: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let usual = || root.join(".venv/bin/python");
    let python = std::env::var_os("PEERS_PYTHON").map_or_else(usual, PathBuf::from);
    let script = |name: &str| {
        let mut command = Command::new(&python);
        command.arg(root.join("test-data/tests/peers").join(name));
        command
    };
    let folder = place.join("ct");
    let drawn = script("draw_ct.py").arg("--slices").arg("512").arg("--out").arg(&folder).output()?;
    if !drawn.status.success() {
        bail!("the CT cannot be drawn: {}", String::from_utf8_lossy(&drawn.stderr));
    }
    let study = String::from_utf8(drawn.stdout)?.trim().to_owned();
    command("adapter", adapter.file(), &["import", &folder.to_string_lossy()])?;
    runtime.block_on(known(hub, &study))?;
    let to = hub.config.links.listen.context("links are opened nowhere")?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let near = listener.local_addr()?;
    runtime.spawn(slow_line::run(listener, to, LINE));
    let links = links(&hub.config)?;
    println!("\nOne telephone, 20 Mbit/s and 50 ms there and back, a CT of 512 slices");
    let runs: &[(&str, &str, &[&str])] = &[("cold", "1", &[]), ("warm", "5", &[]), ("warm", "3", &["--viewer"])];
    for (name, rounds, more) in runs.iter().filter(|(_, _, more)| has_viewer || more.is_empty()) {
        let (url, pin) = runtime.block_on(link(&links, &study))?;
        let url = url.replace(&to.to_string(), &near.to_string());
        let mut measure = script("measure_link.py");
        measure.args(["--name", name, "--rounds", rounds, "--url", &url, "--pin", &pin]).args(*more);
        if !measure.status()?.success() {
            bail!("the page could not be measured");
        }
    }
    Ok(())
}

/// Waits until the hub's index has the whole study.
async fn known(hub: &Hub, study: &str) -> Result<()> {
    let credentials = federation::tls::mutual_client(&hub.credentials()?)?;
    let mut line = federation::Dialler::new(hub.config.listen.federation.to_string(), credentials).dial().await?;
    let path = format!("/dicomweb/studies/{study}/series?includefield=00201209");
    for _ in 0..600 {
        let found: serde_json::Value = line.get(&path, "application/dicom+json").await?;
        if found[0]["00201209"]["Value"][0] == 512 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("the hub does not learn of the CT")
}
