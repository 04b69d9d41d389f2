//! Fetching a package with npm.

use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The archive of a package's version in `folder`, as npm fetched it. No script of the package runs.
///
/// # Errors
/// When npm is not here or fails; what it said is in the error.
pub(super) fn by_npm(package: &str, version: &str, folder: &Path) -> Result<PathBuf> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--ignore-scripts", "--silent", "--no-audit", "--no-fund", "--pack-destination"]);
    npm.arg(folder).arg(format!("{package}@{version}")).current_dir(folder).stdin(Stdio::null());
    let output = npm.output().context("npm cannot be run; without it give the package by --from FILE")?;
    if !output.status.success() {
        bail!("npm cannot fetch {package} {version}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut archives = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    archives.find(|path| path.extension().is_some_and(|ending| ending == "tgz")).context("npm fetched no archive")
}
