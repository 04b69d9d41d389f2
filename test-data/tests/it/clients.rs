//! Other people's clients at the hub's door: highdicom, wsidicom, Orthanc.

use crate::world::{Demo, cases, centre, peer_script, python, root, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

#[test]
fn highdicom_stores_a_segmentation_and_reads_it_back() {
    let region = Region::start();
    eprintln!("{}", run(&mut region.client("highdicom")));
}

#[test]
fn orthanc_asks_takes_and_stores_over_mutual_tls() {
    let region = Region::start();
    eprintln!("{}", run(&mut region.client("orthanc")));
}

#[test]
fn wsidicom_opens_a_slide_over_the_web() {
    let Some(cases) = cases() else { return };
    let region = Region::start();
    let slide = cases.join("wsi/colon-a");
    eprintln!("{}", run(region.client("wsidicom").arg("--slide").arg(slide)));
}

/// A region of one hospital that has pydicom's CT and, when the shared cases are here, a slide; and a site that stores to
/// the hub.
struct Region {
    demo: Demo,
    certificate: PathBuf,
    _data: TempDir,
}

impl Region {
    fn start() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let inbox = data.path().join("hospital-01");
        fs::create_dir(&inbox).expect("a folder");
        let where_is = "from pydicom.data import get_testdata_file as f; print(f('CT_small.dcm'), end='')";
        let ct = run(Command::new(python()).args(["-c", where_is]));
        fs::copy(ct, inbox.join("ct.dcm")).expect("copied");
        if let Some(cases) = cases() {
            copy_all(&cases.join("wsi/colon-a"), &inbox);
        }
        let demo = Demo::start(&["--data", &data.path().to_string_lossy()]);
        let certificate = centre(&demo);
        Self { demo, certificate, _data: data }
    }

    fn client(&self, what: &str) -> Command {
        let mut command = peer_script("other_clients.py");
        command.arg(what).arg("--ready").arg(&self.demo.ready_file).arg("--store").arg(&self.certificate);
        command
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("copied");
    }
}

#[test]
fn schemathesis_finds_what_the_description_tells() {
    let region = Region::start();
    eprintln!("{}", run(peer_script("check_description.py").arg("--ready").arg(&region.demo.ready_file)));
}

#[test]
fn pydicom_finds_nobody_in_files_without_names() {
    let region = Region::start();
    eprintln!("{}", run(peer_script("anonymized.py").arg("--ready").arg(&region.demo.ready_file)));
}

#[test]
fn the_client_of_npm_finds_and_takes_in_a_browser() {
    let folder = root().join("test-data/tests/peers/dcmjs");
    if !folder.join("node_modules").exists() {
        run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder));
    }
    let demo = Demo::start(&[]);
    eprintln!("{}", run(peer_script("browse_dcmjs.py").arg("--ready").arg(&demo.ready_file)));
}
