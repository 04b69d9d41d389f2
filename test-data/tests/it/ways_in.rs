//! The ways into a running adapter beside DICOM: DICOMweb on the LAN's door, a watched folder, a zip file of the region's own.

use crate::{
    lost::one_hospital,
    world::{Daemon, Demo, program, run, until},
};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};
use test_data::{generator::instance_of_size, sender::read_meta};

const SIZE: usize = 50_000;

fn adapter(demo: &Demo, arguments: &[&str]) -> String {
    run(program("adapter").arg("--config").arg(demo.dir.join("hospital-01.toml")).args(arguments))
}

/// The answer of curl at the LAN's door, its status on the last line.
fn curl(demo: &Demo, path: &str, more: &[&str]) -> String {
    let address = format!("{}dicomweb/{path}", demo.site(0)["console"].as_str().expect("an address"));
    run(Command::new("curl").args(["-sS", "--noproxy", "*", "-w", "\n%{http_code}", &address]).args(more))
}

fn holds(demo: &Demo, number: u64, bearer: &str) -> bool {
    let uid = read_meta(&instance_of_size(SIZE, number)).expect("a file").sop_instance;
    let found = curl(demo, &format!("instances?SOPInstanceUID={uid}"), &["-H", bearer]);
    found.contains(uid.as_str())
}

fn written(folder: &Path, number: u64) -> String {
    let path = folder.join(format!("{number}.dcm"));
    fs::write(&path, instance_of_size(SIZE, number)).expect("written");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn an_adapter_takes_in_by_dicomweb_by_a_watched_folder_and_from_a_zip_file() {
    let demo = one_hospital();
    let file = demo.dir.join("hospital-01.toml");
    let settings = fs::read_to_string(&file).expect("settings");
    let inbox = demo.dir.join("drop");
    fs::create_dir(&inbox).expect("a folder");
    assert!(settings.contains("folder = \"\""));
    fs::write(&file, settings.replace("folder = \"\"", &format!("folder = '{}'", inbox.display()))).expect("written");
    let token = adapter(&demo, &["token", "create", "ris"]);
    let bearer = format!("Authorization: Bearer {}", token.trim());
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let running = Daemon::start("adapter", &file);
    until("the adapter", || {
        let address = demo.site(0)["console"].as_str().expect("an address");
        let status = Command::new("curl").args(["-sS", "--noproxy", "*", address]).output();
        status.is_ok_and(|output| output.status.success())
    });

    by_dicomweb(&demo, &bearer);
    written(&inbox, 2);
    until("the watched file", || holds(&demo, 2, &bearer));
    until("an empty folder", || fs::read_dir(&inbox).expect("a folder").next().is_none());
    by_zip(&demo, &bearer);
    is_told(&demo, &bearer);
    running.stop();
    let running = Daemon::start("adapter", &file);
    until("the adapter again", || noted(&demo).is_some());
    assert_eq!(noted(&demo), Some(noted_of_page()), "what went wrong outlives a restart");
    running.stop();
    hub.stop();
}

/// What the console says of the sender with the token: what is stored and refused today, the failure, and the quarantine.
type Noted = (u64, u64, (String, u64), Vec<(String, u64)>);

fn noted_of_page() -> Noted {
    (1, 2, ("mismatch".to_owned(), 2), vec![("mismatch".to_owned(), 21)])
}

fn noted(demo: &Demo) -> Option<Noted> {
    let mut status = program("adapter");
    let status = status.arg("--config").arg(demo.dir.join("hospital-01.toml")).args(["status", "--json"]);
    let output = status.output().ok().filter(|output| output.status.success())?;
    let status: Value = serde_json::from_slice(&output.stdout).ok()?;
    let ours = |listed: &Value| -> Vec<Value> {
        listed.as_array().expect("a list").iter().filter(|it| it["sender"] == "ris @ DICOMweb").cloned().collect()
    };
    let counts = ours(&status["today"]["senders"]).pop()?["counts"].clone();
    let failure = ours(&status["failures"]).pop()?;
    let quarantine = serde_json::from_str(&adapter(demo, &["quarantine", "--json"])).expect("JSON");
    let kept = ours(&quarantine);
    let word = |it: &Value| it["why"].as_str().expect("a word").to_owned();
    let number = |it: &Value| it.as_u64().expect("a number");
    Some((
        number(&counts["stored"]),
        number(&counts["refused"]),
        (word(&failure), number(&failure["times"])),
        kept.iter().map(|it| (word(it), number(&it["bytes"]))).collect(),
    ))
}

/// What comes by DICOMweb is counted, and what of it cannot be read goes into quarantine, as by every other way.
fn is_told(demo: &Demo, bearer: &str) {
    for _ in 0..2 {
        let page = ["-H", bearer, "-H", "Content-Type: application/dicom", "--data-binary", "<html>no image</html>"];
        assert!(curl(demo, "studies", &page).ends_with("\n409"));
    }
    until("the notes", || noted(demo).is_some());
    assert_eq!(noted(demo), Some(noted_of_page()));
    let status: Value = serde_json::from_str(&adapter(demo, &["status", "--json"])).expect("JSON");
    let senders = status["today"]["senders"].as_array().expect("a list");
    let stored = |name: &str| {
        let of = senders.iter().find(|of| of["sender"] == name).unwrap_or_else(|| panic!("{name}: {senders:?}"));
        of["counts"]["stored"].as_u64()
    };
    assert_eq!((stored("watched folder"), stored("command line")), (Some(1), Some(2)));
}

fn by_dicomweb(demo: &Demo, bearer: &str) {
    let body = format!("@{}", written(&demo.dir, 1));
    let dicom =
        ["-H", "Content-Type: application/dicom", "-H", "Accept: application/dicom+json", "--data-binary", &body];
    assert!(curl(demo, "studies", &dicom).ends_with("\n401"), "nobody stores");
    let answer = curl(demo, "studies", &[&["-H", bearer], &dicom[..]].concat());
    assert!(answer.ends_with("\n200"), "{answer}");
    let stored: Value = serde_json::from_str(answer.trim_end_matches("\n200")).expect("JSON");
    assert_eq!(stored["00081199"]["Value"].as_array().map(Vec::len), Some(1), "{stored}");
    assert!(holds(demo, 1, bearer));
    let item = &stored["00081199"]["Value"][0];
    let asked = json!({ "00081199": { "vr": "SQ", "Value": [item] } }).to_string();
    let asking = ["-H", bearer, "-H", "Content-Type: application/dicom+json", "--data-binary", &asked];
    let answer = curl(demo, "commitment-requests/2.25.7", &asking);
    let told: Value = serde_json::from_str(answer.trim_end_matches("\n200")).expect("JSON");
    assert_eq!(told["00081199"]["Value"][0]["00081155"], item["00081155"], "{told}");
    assert_eq!(told.get("00081198"), None, "{told}");
}

/// One of Python's, and then the one that the adapter itself gives of the same study.
fn by_zip(demo: &Demo, bearer: &str) {
    let media = demo.dir.join("media");
    fs::create_dir(&media).expect("a folder");
    written(&media, 3);
    written(&media, 4);
    let zip = demo.dir.join("media.zip");
    run(Command::new("python3").args(["-m", "zipfile", "-c"]).args([&zip, &media]));
    let told = adapter(demo, &["import", zip.to_str().expect("a path")]);
    assert!(told.ends_with("2 stored, 0 were here, 0 in conflict, 0 refused\n"), "{told}");
    // what the adapter gives as a zip file it takes as one
    let uid = read_meta(&instance_of_size(SIZE, 3)).expect("a file").sop_instance;
    let found = curl(demo, &format!("instances?SOPInstanceUID={uid}"), &["-H", bearer]);
    let found: Value = serde_json::from_str(found.trim_end_matches("\n200")).expect("JSON");
    let study = found[0]["0020000D"]["Value"][0].as_str().expect("a study");
    let again = demo.dir.join("again.zip");
    let out = again.to_str().expect("a path");
    let given = curl(demo, &format!("studies/{study}"), &["-H", bearer, "-H", "Accept: application/zip", "-o", out]);
    assert!(given.ends_with("200"), "{given}");
    let told = adapter(demo, &["import", out]);
    assert!(told.contains("0 stored") && told.contains("DICOMDIR: a table of contents"), "{told}");
}
