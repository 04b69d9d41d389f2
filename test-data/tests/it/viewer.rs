//! OHIF at the hub, in a browser.

use crate::world::{Demo, cases, hub, peer_script, root, run};
use std::process::Command;

/// Hospitals of the region.
const SITES: &str = "3";
/// The site at which people store what they make of images.
const READINGS: &str = "readings";

/// Real files where the shared cases are here, drawn ones otherwise. The pictures stay in `target/viewer-pictures`.
#[test]
fn a_radiologist_opens_every_kind_of_study_in_ohif() {
    let cases = cases();
    let region = cases.as_ref().map(|cases| cases.join("region").to_string_lossy().into_owned());
    let mut arguments = vec!["--viewer=auto", "--sites", SITES];
    arguments.extend(region.iter().flat_map(|region| ["--data", region.as_str()]));
    let demo = Demo::start_with(&arguments, &[("HUB_HOLDING__STORE_TO", READINGS)]);
    run(hub(&demo).args(["site", "add", READINGS, "--name", "Readings", "--held-by-hub"]));
    assert!(
        demo.ready["hub"]["viewer"].is_string(),
        "OHIF was not fetched: {:?}",
        Command::new("npm").arg("-v").output()
    );
    let (data, extra) = (demo.dir.join("data"), demo.dir.join("extra"));
    let mut prepare = peer_script("viewer_cases.py");
    prepare.arg("--region").arg(region.map_or(data, Into::into)).args(["--sites", SITES]).arg("--to").arg(&extra);
    if let Some(cases) = cases {
        prepare.arg("--slides").arg(cases.join("wsi"));
    }
    let studies = run(&mut prepare);
    let config = demo.dir.join(format!("{}.toml", demo.site(0)["id"].as_str().expect("an id")));
    run(crate::world::program("adapter").arg("--config").arg(config).arg("import").arg(&extra));
    crate::known::wait(&demo);
    let mut browse = peer_script("browse_viewer.py");
    browse.arg("--ready").arg(&demo.ready_file).args(["--studies", studies.trim()]);
    eprintln!("{}", run(browse.arg("--pictures").arg(root().join("target/viewer-pictures"))));
    let listed = run(hub(&demo).args(["site", "list"]));
    assert!(listed.contains("readings\tReadings\t1 studies\t2 instances\theld by the hub"), "{listed}");
}
