//! DCMTK's storescu as the sender: what hospitals have.

use super::spent::put_away;
use crate::machine::children_cpu_ms;
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    io::ErrorKind,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};
use test_data::sender::Peer;

/// What storescu does.
pub struct Sent {
    /// Acknowledged instances per second.
    pub per_second: f64,
    /// CPU time of storescu, in milliseconds per instance.
    pub cpu_ms: f64,
}

/// What so many storescu at once get acknowledged after a rest, `each` of them; `None` when it is not installed.
/// The files are there before the time begins, most likely in memory.
pub fn sent(
    place: &Path,
    peer: &Peer,
    at_once: usize,
    each: usize,
    mut make: impl FnMut() -> Vec<u8>,
    rest: impl Fn(),
) -> Result<Option<Sent>> {
    let folder = &place.join("storescu");
    let folders: Vec<_> = (0..at_once).map(|number| folder.join(number.to_string())).collect();
    for folder in &folders {
        fs::create_dir_all(folder)?;
        for number in 0..each {
            fs::write(folder.join(number.to_string()), make())?;
        }
    }
    // what is left to be written is not written while the adapter writes
    ensure!(Command::new("sync").status()?.success(), "the disk is not synced");
    rest();
    let (begun, before) = (Instant::now(), children_cpu_ms());
    let started: Result<Vec<Child>, _> = folders.iter().map(|folder| storescu(peer, folder).spawn()).collect();
    let started = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        started => started.context("storescu cannot be started")?,
    };
    for mut child in started {
        ensure!(child.wait()?.success(), "storescu was not content");
    }
    let (seconds, cpu_ms, count) = (begun.elapsed().as_secs_f64(), children_cpu_ms() - before, at_once * each);
    put_away(place, folder)?;
    Ok(Some(Sent { per_second: count as f64 / seconds, cpu_ms: cpu_ms / count as f64 }))
}

fn storescu(peer: &Peer, folder: &Path) -> Command {
    let mut command = Command::new("storescu");
    command.args(["-aet", "BENCH", "-aec", &peer.called_ae, "--required", "--scan-directories"]);
    command.arg(peer.address.ip().to_string()).arg(peer.address.port().to_string()).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
