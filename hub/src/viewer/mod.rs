//! OHIF, the full viewer: which version, how it is fetched, where it lies.
//!
//! It is not ours and not in this repository: `hub viewer install` takes the package as its makers publish it, checks it
//! against the digest below, and keeps of it what a browser needs, the scripts in fewer bytes (`minified.rs`). What is *not*
//! here: how it is served (`viewer-api`).

mod fetch;
mod integrity;
mod minified;
mod unpack;

use crate::state::StateDir;
use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};
pub use unpack::Scripts;

/// The package.
pub const PACKAGE: &str = "@ohif/app";
/// The version that the tests have seen working. A newer one is a change of this line and the next.
pub const VERSION: &str = "3.12.10";
/// SHA-512 of its archive, as a package manager writes it (Subresource Integrity 3.1).
const INTEGRITY: &str =
    "sha512-0kuF66Mq9c9dMD++bUsTjMrJpXJwaZhz9B4uS244DawAjSkTwIYFU93pxPuRUQixaRi7QAHlF3Fe1qudBlZrmA==";

/// Where the package comes from.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// npm fetches it.
    Npm,
    /// A file that somebody brought: the archive that `npm pack` makes.
    File(&'a Path),
}

/// The folder of the viewer's files, when it is installed: in its newest form, or as an earlier hub kept it.
pub fn installed(state: &StateDir) -> Option<PathBuf> {
    let earlier = state.viewer().join(format!("ohif-{VERSION}"));
    [folder(state), earlier].into_iter().find(|folder| is_whole(folder))
}

fn is_whole(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

/// Installs the viewer, unless it is there. Nothing is visible before it is whole.
///
/// # Errors
/// When it cannot be fetched, is not the package that it should be, or cannot be written.
pub fn install(state: &StateDir, origin: Origin<'_>) -> Result<PathBuf> {
    let (target, parent) = (folder(state), state.viewer());
    if is_whole(&target) {
        return Ok(target);
    }
    fs::create_dir_all(&parent).context("the folder of the viewer cannot be made")?;
    let scratch = tempfile::Builder::new().prefix("new-").tempdir_in(&parent).context("no temporary folder")?;
    let unpacked = unpacked(origin, scratch.path(), Scripts::Minified)?;
    fs::rename(&unpacked, &target).context("the viewer cannot be put in its place")?;
    File::open(&parent).and_then(|folder| folder.sync_all()).context("the folder cannot be synced")?;
    Ok(target)
}

/// Fetches the package, checks it and unpacks it into a new folder below `scratch`.
///
/// # Errors
/// When it cannot be fetched, is not the package that it should be, or cannot be written.
pub fn unpacked(origin: Origin<'_>, scratch: &Path, scripts: Scripts) -> Result<PathBuf> {
    let archive = match origin {
        Origin::Npm => fetch::by_npm(PACKAGE, VERSION, scratch)?,
        Origin::File(path) => path.to_owned(),
    };
    let open = || File::open(&archive).with_context(|| format!("{} cannot be read", archive.display()));
    integrity::check(open()?, INTEGRITY)
        .with_context(|| format!("{} is not {PACKAGE} {VERSION}", archive.display()))?;
    let folder = scratch.join("dist");
    unpack::unpack(open()?, &folder, scripts)?;
    Ok(folder)
}

fn folder(state: &StateDir) -> PathBuf {
    state.viewer().join(format!("ohif-{VERSION}-minified"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_of_an_earlier_hub_is_there_until_the_newest_form_is() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        for name in [format!("ohif-{VERSION}"), format!("ohif-{VERSION}-minified")] {
            let viewer = state.viewer().join(name);
            fs::create_dir_all(&viewer).unwrap();
            fs::write(viewer.join("index.html"), "").unwrap();
            assert_eq!(installed(&state), Some(viewer));
        }
    }

    #[test]
    fn what_is_not_the_package_is_not_installed() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let wrong = folder.path().join("wrong.tgz");
        fs::write(&wrong, "no package").unwrap();
        let refused = install(&state, Origin::File(&wrong)).unwrap_err();
        assert!(format!("{refused:#}").contains("is not @ohif/app"), "{refused:#}");
        assert!(install(&state, Origin::File(&folder.path().join("none"))).is_err());
        assert_eq!(installed(&state), None);
        assert_eq!(fs::read_dir(state.viewer()).unwrap().count(), 0, "nothing is left behind");
    }
}
