//! Study links, as patients and their browsers use them.

use crate::{
    cases::{import, region},
    gate::Gate,
    world::{Daemon, Demo, cases, hub, peer_script, program, run, write_json},
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Makes a link to a study by the hub's command line; `more` are its options.
fn link(demo: &Demo, study: &str, more: &[&str]) -> Value {
    let mut made: Value =
        serde_json::from_str(&run(hub(demo).args(["link", "create", study, "--json"]).args(more))).expect("JSON");
    made["study"] = json!(study);
    made
}

/// Every study of the region, asked of the hub by mutual TLS.
fn studies(demo: &Demo) -> Vec<String> {
    let script = "import json, sys, requests\n\
                  ready = json.load(open(sys.argv[1]))\n\
                  tls = ready['tls']\n\
                  found = requests.get(ready['hub']['dicomweb'] + '/studies', verify=tls['ca'], cert=(tls['cert'], tls['key']))\n\
                  print(json.dumps([one['0020000D']['Value'][0] for one in found.json()]))";
    let mut command = std::process::Command::new(crate::world::python());
    serde_json::from_str(&run(command.arg("-c").arg(script).arg(&demo.ready_file))).expect("identifiers")
}

fn open_all(demo: &Demo, links: Vec<Value>, zips: Option<&Path>) -> String {
    let file = demo.dir.join("links.json");
    write_json(&file, &Value::Array(links));
    let mut command = peer_script("open_links.py");
    command.arg("--links").arg(file);
    if let Some(zips) = zips {
        command.arg("--zips").arg(zips);
    }
    run(&mut command)
}

#[test]
fn every_shared_study_opens_or_says_why_not() {
    let Some(cases) = cases() else { return };
    let (demo, _) = region(&cases, |_| vec![]);
    let studies = studies(&demo);
    assert!(studies.len() > 50, "{}", studies.len());
    let links = studies.iter().map(|study| link(&demo, study, &[])).collect();
    eprintln!("{}", open_all(&demo, links, None));
}

#[test]
fn a_study_taken_away_is_taken_in_elsewhere() {
    let demo = Demo::start(&["--sites", "2"]);
    let zips = demo.dir.join("zips");
    std::fs::create_dir(&zips).expect("a folder");
    let links: Vec<Value> = studies(&demo).iter().take(4).map(|study| link(&demo, study, &["--download"])).collect();
    let count = links.len();
    eprintln!("{}", open_all(&demo, links, Some(&zips)));
    let taken: Vec<PathBuf> =
        std::fs::read_dir(&zips).expect("zips").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(taken.len(), count);
    for (number, zip) in taken.iter().enumerate() {
        let folder = demo.dir.join(format!("unpacked-{number}"));
        let unpack = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
        run(std::process::Command::new(crate::world::python()).args(["-c", unpack]).arg(zip).arg(&folder));
        // where it is from it is there already, or in conflict, because it was stored in another form
        let stored = (0..2).filter(|site| is_taken_in(&demo, *site, &folder)).count();
        assert!(stored >= 1, "{}", zip.display());
    }
}

/// Imports a folder at a site; whether all of it was new there.
fn is_taken_in(demo: &Demo, site: usize, folder: &Path) -> bool {
    let config = demo.dir.join(format!("{}.toml", demo.site(site)["id"].as_str().expect("an id")));
    let said = run(program("adapter").arg("--config").arg(config).arg("import").arg(folder));
    // the directory of the file set is no instance
    let refused = said.lines().filter(|line| line.starts_with("refused ") && !line.contains("DICOMDIR"));
    assert_eq!(refused.collect::<Vec<_>>(), [""; 0], "{said}");
    said.contains(" 0 were here, 0 in conflict, 1 refused")
}

#[test]
fn a_link_opens_nothing_more_once_it_is_taken_back() {
    let demo = Demo::start(&["--sites", "2"]);
    let other = &studies(&demo)[0];
    let folder = demo.dir.join("large");
    let study = run(peer_script("draw_ct.py").args(["--slices", "64"]).arg("--out").arg(&folder));
    let study = study.trim();
    import(&demo, 1, &folder);
    crate::known::wait(&demo);
    let made = link(&demo, study, &["--download"]);
    let mut command = peer_script("end_link.py");
    command
        .arg("--url")
        .arg(made["url"].as_str().expect("a link"))
        .arg("--pin")
        .arg(made["pin"].as_str().expect("a PIN"));
    command.arg("--study").arg(study).arg("--other").arg(other).arg("--id").arg(made["id"].as_str().expect("a name"));
    command.arg("--hub").arg(env!("CARGO_BIN_EXE_test-data")).arg("--config").arg(demo.dir.join("hub.toml"));
    command.arg("--audit").arg(demo.dir.join("hub/audit")).arg("--log").arg(demo.dir.join("hub.log"));
    eprintln!("{}", run(&mut command));
}

/// A file of an npm package that the tests pin; `None` where there is no npm.
pub(crate) fn axe() -> Option<PathBuf> {
    let folder = crate::world::root().join("test-data/tests/peers/axe");
    let npm = || std::process::Command::new("npm");
    if npm().arg("-v").output().is_err() {
        eprintln!("left out: there is no npm for axe");
        return None;
    }
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        run(npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder));
    }
    Some(file)
}

#[test]
fn a_patient_opens_a_link_on_a_phone_and_at_a_desk_in_three_languages() {
    let demo = Demo::start(&["--sites", "2"]);
    let folder = demo.dir.join("large");
    let study = run(peer_script("draw_ct.py").args(["--slices", "120"]).arg("--out").arg(&folder));
    import(&demo, 1, &folder);
    crate::known::wait(&demo);
    let made = link(&demo, study.trim(), &["--download"]);
    let mut command = peer_script("browse_link.py");
    command.args(["--url", made["url"].as_str().expect("a link"), "--pin", made["pin"].as_str().expect("a PIN")]);
    command.args(["--windows", "zh-CN:phone,en-GB:desk,es-ES:phone"]);
    if let Some(axe) = axe() {
        command.arg("--axe").arg(axe);
    }
    if let Some(pictures) = std::env::var_os("PICTURES") {
        command.arg("--pictures").arg(pictures);
    }
    eprintln!("{}", run(&mut command));
}

#[test]
fn hostile_texts_stay_texts() {
    let demo = Demo::start(&["--sites", "2"]);
    let folder = demo.dir.join("hostile");
    let studies: Vec<String> =
        serde_json::from_str(&run(peer_script("draw_hostile.py").arg("--out").arg(&folder))).expect("identifiers");
    import(&demo, 1, &folder);
    crate::known::wait(&demo);
    let links: Vec<Value> = studies.iter().map(|study| link(&demo, study, &[])).collect();
    let file = demo.dir.join("hostile.json");
    write_json(&file, &Value::Array(links));
    let mut command = peer_script("browse_hostile.py");
    command.arg("--ready").arg(&demo.ready_file).arg("--links").arg(file);
    eprintln!("{}", run(&mut command));
}

#[test]
fn a_doctor_sees_one_study_in_the_full_viewer_and_does_nothing_else() {
    let demo = Demo::start(&["--sites", "2", "--viewer=auto"]);
    shown_to_a_doctor(&demo, |study| link(&demo, study, &[]));
}

#[test]
fn a_doctor_sees_one_study_in_the_full_viewer_through_a_gate() {
    let demo = Demo::start(&["--sites", "2", "--viewer=auto"]);
    let gate = Gate::start(&demo);
    shown_to_a_doctor(&demo, |study| gate.link(&demo, study, &[]));
}

fn shown_to_a_doctor(demo: &Demo, link: impl FnOnce(&str) -> Value) {
    assert!(demo.ready["hub"]["viewer"].is_string(), "OHIF was not fetched");
    let study = demo.ready["link"]["study_uid"].as_str().expect("the demo's link is for a CT").to_owned();
    let other = studies(demo).into_iter().find(|other| *other != study).expect("another one");
    let made = link(&study);
    let mut command = peer_script("browse_professional.py");
    for key in ["url", "pin", "id"] {
        command.arg(format!("--{key}")).arg(made[key].as_str().expect("a text"));
    }
    command.args(["--study", &study, "--other", &other]);
    command.arg("--hub").arg(env!("CARGO_BIN_EXE_test-data")).arg("--config").arg(demo.dir.join("hub.toml"));
    eprintln!("{}", run(&mut command));
}

#[test]
fn what_is_gone_away_or_broken_leaves_the_rest() {
    let mut demo = Demo::start(&["--sites", "2"]);
    let folder = demo.dir.join("examinations");
    let drawn: Value =
        serde_json::from_str(&run(peer_script("draw_examinations.py").arg("--out").arg(&folder))).expect("identifiers");
    for (site, name) in [(0, "here"), (1, "away"), (0, "gone")] {
        assert!(import(&demo, site, &folder.join(name)).is_empty(), "{name}");
    }
    crate::known::wait(&demo);
    let study = |name: &str| drawn[name].as_str().expect("an identifier").to_owned();
    let more: Vec<String> = ["long", "away", "gone"].map(study).into();
    let made = link(&demo, &study("mixed"), &more.iter().map(String::as_str).collect::<Vec<_>>());
    let file = |name: &str| demo.dir.join(name);
    let deleted =
        run(program("adapter").arg("--config").arg(file("hospital-01.toml")).args(["delete", &study("gone")]));
    assert_eq!(deleted, "1 instances deleted\n");
    crate::known::wait(&demo);
    let told = |study: &str| crate::ask::status(&demo, &format!("/studies/{study}/metadata"), "application/dicom+json");
    assert_eq!([told(&study("gone")), told(&study("mixed")), told("1.2.3")], ["410", "200", "404"]);
    let [hub_file, first, second] = ["hub.toml", "hospital-01.toml", "hospital-02.toml"].map(file);
    demo.stop();
    let running = (Daemon::start("hub", &hub_file), Daemon::start("adapter", &first));
    crate::known::wait_for(&demo.site(0)["console"]);
    let mut command = peer_script("browse_examinations.py");
    command.args(["--url", made["url"].as_str().expect("a link"), "--pin", made["pin"].as_str().expect("a PIN")]);
    if let Some(axe) = axe() {
        command.arg("--axe").arg(axe);
    }
    if let Some(pictures) = std::env::var_os("PICTURES") {
        command.arg("--pictures").arg(pictures);
    }
    command.args(["--away", env!("CARGO_BIN_EXE_test-data"), "adapter", "--config"]).arg(second);
    eprintln!("{}", run(command.args(["serve", "--follow-parent"])));
    drop(running);
}
