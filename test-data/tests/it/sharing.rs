//! Studies shared with patients: by a radiologist in a browser, by a hospital with its adapter's command.

use crate::world::{Demo, peer_script, program, run};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

#[test]
fn studies_are_shared_and_taken_back() {
    let demo = Demo::start(&["--sites", "3"]);
    let mut command = peer_script("browse_sharing.py");
    command.arg("--ready").arg(&demo.ready_file);
    if let Some(pictures) = std::env::var_os("PICTURES") {
        command.arg("--pictures").arg(pictures);
    }
    eprintln!("{}", run(&mut command));
    a_hospital_shares_what_it_holds(&demo);
    no_secret_is_kept(&demo.dir, &secrets(&demo));
}

/// `pacs-adapter link …` of a hospital.
fn link(demo: &Demo, hospital: &str, arguments: &[&str]) -> Command {
    let mut command = program("adapter");
    command.arg("--dir").arg(demo.dir.join(hospital)).arg("link").args(arguments);
    command
}

fn refused(mut command: Command, why: &str) {
    let Output { status, stderr, stdout } = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && said.contains(why) && stdout.is_empty(), "{command:?}: {said}");
}

/// A study that one hospital alone holds.
fn study_of(demo: &Demo, hospital: &str) -> String {
    let text = fs::read_to_string(demo.dir.join("data/region.json")).expect("the region's description");
    let region: Value = serde_json::from_str(&text).expect("JSON");
    let studies = region["studies"].as_array().expect("studies");
    let held = studies.iter().find(|study| study["hospitals"] == serde_json::json!([hospital]));
    held.and_then(|study| study["uid"].as_str()).expect("a study").to_owned()
}

fn a_hospital_shares_what_it_holds(demo: &Demo) {
    let (one, two) = ("hospital-01", "hospital-02");
    let own = study_of(demo, one);
    let out = |name: &str| demo.dir.join(name);
    let (png, slip) = (out("qr.png"), out("slip.html"));
    let (png_path, slip_path) = (png.to_str().expect("a path"), slip.to_str().expect("a path"));
    let files = ["--qr-png", png_path, "--slip", slip_path, "--pin-on-slip"];
    let asked = [&["create", &own, "--json", "--download", "--language", "en", "--note", "desk"], &files[..]].concat();
    let made: Value = serde_json::from_str(&run(&mut link(demo, one, &asked))).expect("JSON");
    let text = |key: &str| made[key].as_str().expect("a text").to_owned();
    let (id, url, pin) = (text("id"), text("url"), text("pin"));
    let written = fs::read_to_string(&slip).expect("the slip");
    assert!(written.contains(&url) && written.contains(&pin), "the slip says both");
    assert_eq!(fs::metadata(&slip).expect("the slip").permissions().mode() & 0o777, 0o600);
    assert!(bytes_of(&png).starts_with(b"\x89PNG"));
    refused(link(demo, one, &asked), "is there already");
    fs::remove_file(&slip).expect("the slip goes to the patient");

    assert_eq!(
        run(&mut link(demo, one, &["list"])).lines().count(),
        1,
        "nothing was made in vain, nothing of others is told"
    );
    refused(link(demo, two, &["create", &own]), "knows no such link or study");
    for arguments in [&["show", &id][..], &["revoke", &id], &["extend", &id, "--days", "3"]] {
        refused(link(demo, two, arguments), "knows no such link or study");
    }
    assert_eq!(run(&mut link(demo, two, &["list"])), "");
    refused(link(demo, one, &["create", &own, "--days", "31"]), "1 to 30 days");

    assert_eq!(open(&url, &pin), 200);
    let past = run(&mut link(demo, one, &["show", &id]));
    assert!(past.contains("opened") && past.contains("127.0.0.1"), "{past}");
    assert!(run(&mut link(demo, one, &["extend", &id, "--days", "30"])).contains("open"));
    run(&mut link(demo, one, &["revoke", &id]));
    assert_eq!(open(&url, &pin), 404);
    refused(link(demo, one, &["extend", &id, "--days", "3"]), "taken back stays so");
}

/// The status with which the public listener answers a link and a PIN.
fn open(url: &str, pin: &str) -> u16 {
    const ASK: &str = "import sys, requests, urllib3; urllib3.disable_warnings(); base, token = sys.argv[1].split('/s#'); \
                       print(requests.post(f'{base}/s/api/open', json={'token': token, 'pin': sys.argv[2]}, verify=False).status_code)";
    let mut command = Command::new(crate::world::python());
    run(command.args(["-c", ASK, url, pin])).trim().parse().expect("a status")
}

/// Tokens of the demo's links; PINs are too short to be looked for among numbers.
#[allow(clippy::disallowed_methods, reason = "files of the test's own")]
fn bytes_of(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}

fn secrets(demo: &Demo) -> Vec<String> {
    let url = demo.ready["link"]["url"].as_str().expect("the demo's link");
    vec![url.split_once("/s#").expect("a fragment").1.to_owned()]
}

/// Nothing that the programs keep or log has a token in it.
fn no_secret_is_kept(folder: &Path, secrets: &[String]) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            no_secret_is_kept(&path, secrets);
        } else if path.is_file() {
            let bytes = bytes_of(&path);
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds a token", path.display());
            }
        }
    }
}
