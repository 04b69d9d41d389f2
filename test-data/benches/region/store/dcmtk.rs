//! DCMTK's storescu as the sender: what hospitals have.

use anyhow::{Context, Result, ensure};
use std::{
    fs,
    io::ErrorKind,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};
use test_data::sender::Peer;

/// Instances per second that so many storescu at once get acknowledged, `each` of them; `None` when it is not installed.
/// The files are there before the time begins, most likely in memory.
pub fn stored_per_second(
    folder: &Path,
    peer: &Peer,
    at_once: usize,
    each: usize,
    mut make: impl FnMut() -> Vec<u8>,
) -> Result<Option<f64>> {
    let folders: Vec<_> = (0..at_once).map(|number| folder.join(number.to_string())).collect();
    for folder in &folders {
        fs::create_dir_all(folder)?;
        for number in 0..each {
            fs::write(folder.join(number.to_string()), make())?;
        }
    }
    // what is left to be written is not written while the adapter writes
    ensure!(Command::new("sync").status()?.success(), "the disk is not synced");
    let begun = Instant::now();
    let started: Result<Vec<Child>, _> = folders.iter().map(|folder| storescu(peer, folder).spawn()).collect();
    let started = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        started => started.context("storescu cannot be started")?,
    };
    for mut child in started {
        ensure!(child.wait()?.success(), "storescu was not content");
    }
    let seconds = begun.elapsed().as_secs_f64();
    fs::remove_dir_all(folder)?;
    Ok(Some((at_once * each) as f64 / seconds))
}

fn storescu(peer: &Peer, folder: &Path) -> Command {
    let mut command = Command::new("storescu");
    command.args(["-aet", "BENCH", "-aec", &peer.called_ae, "--required", "--scan-directories"]);
    command.arg(peer.address.ip().to_string()).arg(peer.address.port().to_string()).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
