//! fio: somebody else's opinion of the disk.

use super::spent::put_away;
use anyhow::{Context, Result, bail};
use std::{fs, io::ErrorKind, path::Path, process::Command};

/// Files per second that `jobs` jobs of fio make, write in one piece and sync, `files` each; `None` when fio is not
/// installed. It neither renames nor syncs folders.
pub fn files_per_second(place: &Path, jobs: usize, files: usize, size_bytes: usize) -> Result<Option<f64>> {
    let folder = place.join("fio");
    fs::create_dir_all(&folder)?;
    let output = Command::new("fio")
        .arg(format!("--directory={}", folder.display()))
        .args([format!("--numjobs={jobs}"), format!("--nrfiles={files}")])
        .args([format!("--bs={size_bytes}"), format!("--filesize={size_bytes}")])
        .args(["--name=limit", "--rw=write", "--ioengine=psync", "--fsync=1", "--fallocate=none"])
        .args(["--create_on_open=1", "--openfiles=1", "--file_service_type=sequential"])
        .args(["--group_reporting", "--output-format=json"])
        .output();
    put_away(place, &folder)?;
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("fio cannot be started"),
    };
    if !output.status.success() {
        bail!("fio failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).context("fio printed no JSON")?;
    report["jobs"][0]["write"]["iops"].as_f64().context("fio said no number").map(Some)
}
