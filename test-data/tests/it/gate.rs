//! The public listener in a process of its own, and the certificate it shows.

use crate::{
    cases::import,
    known,
    lanes::free_address,
    world::{Daemon, Demo, hub, peer_script, python, run, until, write_json},
};
use federation::Authority;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Memory of a process that passes on a study of 300 MB, and of the hub that gives it: neither holds it.
const GATE_MB: u64 = 96;
const STUDY_MB: u64 = 300;

/// A gate beside a demo's hub.
pub(crate) struct Gate {
    daemon: Daemon,
    address: String,
    folder: PathBuf,
}

impl Gate {
    pub(crate) fn start(demo: &Demo) -> Self {
        let folder = demo.dir.join("gate");
        let credential = folder.join("credential");
        run(hub(demo).args(["client", "issue", "public", "--gate", "--out"]).arg(&credential));
        certificate(&folder, "shown");
        let address = free();
        let config = [
            format!("listen = {address:?}"),
            format!("hub = {:?}", federation_of(demo)),
            format!("certificate_file = {:?}", folder.join("shown.pem")),
            format!("key_file = {:?}", folder.join("shown.key")),
            format!("credential = {credential:?}"),
        ];
        let file = folder.join("gate.toml");
        fs::write(&file, config.join("\n")).expect("written");
        let daemon = Daemon::start_as("hub", "gate", &file);
        listens(&address);
        Self { daemon, address, folder }
    }

    /// A link with the gate's address in place of the hub's.
    pub(crate) fn link(&self, demo: &Demo, study: &str, more: &[&str]) -> Value {
        let made = run(hub(demo).args(["link", "create", study, "--json"]).args(more));
        let mut made: Value = serde_json::from_str(&made).expect("JSON");
        let url = made["url"].as_str().expect("a link");
        let secret = url.split_once("/s#").expect("a fragment").1;
        made["url"] = json!(format!("https://{}/s#{secret}", self.address));
        made["study"] = json!(study);
        made
    }
}

fn federation_of(demo: &Demo) -> String {
    let base = demo.ready["hub"]["dicomweb"].as_str().expect("an address").strip_prefix("https://").expect("TLS");
    base.split_once('/').expect("a path").0.to_owned()
}

fn free() -> String {
    free_address().to_string()
}

fn listens(address: &str) {
    until("a listener", || std::net::TcpStream::connect(address).is_ok());
}

/// A certificate of an authority of the test's own: NAME.pem, NAME.key, and NAME.ca.pem.
fn certificate(folder: &Path, name: &str) {
    fs::create_dir_all(folder).expect("a folder");
    let now_ms = daemon::now_ms();
    let (authority, _) = Authority::create(name, now_ms).expect("an authority");
    let made = authority.server(&["127.0.0.1".into(), "localhost".into()], now_ms).expect("a certificate");
    let write = |ending: &str, text: &str| fs::write(folder.join(format!("{name}.{ending}")), text).expect("written");
    write("pem", &made.chain_pem);
    write("key", &made.key_pem);
    write("ca.pem", &made.authority_pem);
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().expect("a text")
}

fn drawn(demo: &Demo, slices: &str) -> String {
    let folder = demo.dir.join("large");
    let study = run(peer_script("draw_ct.py").args(["--slices", slices, "--out"]).arg(&folder));
    import(demo, 1, &folder);
    known::wait(demo);
    study.trim().to_owned()
}

fn demo_study(demo: &Demo) -> String {
    let found = crate::ask::hub(demo, "/studies?limit=1").expect("an answer");
    found[0]["0020000D"]["Value"][0].as_str().expect("a UID").to_owned()
}

/// The most memory that a process ever had, in MB.
fn peak_mb(pid: u64) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

#[test]
fn a_link_opens_through_a_gate_and_ends_there() {
    let demo = Demo::start(&["--sites", "2"]);
    let gate = Gate::start(&demo);
    let other = demo_study(&demo);
    let zips = demo.dir.join("zips");
    fs::create_dir(&zips).expect("a folder");
    let file = demo.dir.join("links.json");
    write_json(&file, &json!([gate.link(&demo, &other, &["--download"])]));
    eprintln!("{}", run(peer_script("open_links.py").arg("--links").arg(&file).arg("--zips").arg(&zips)));
    assert_eq!(fs::read_dir(&zips).expect("zips").count(), 1);

    let study = drawn(&demo, "120");
    let made = gate.link(&demo, &study, &["--download"]);
    let mut command = peer_script("browse_link.py");
    command.args(["--url", text(&made, "url"), "--pin", text(&made, "pin"), "--windows", "en-GB:desk"]);
    eprintln!("{}", run(&mut command));
    let made = gate.link(&demo, &study, &["--download"]);
    let mut command = peer_script("end_link.py");
    command.args(["--url", text(&made, "url"), "--pin", text(&made, "pin"), "--id", text(&made, "id")]);
    command.args(["--study", &study, "--other", &other, "--hub", env!("CARGO_BIN_EXE_test-data")]);
    command.arg("--config").arg(demo.dir.join("hub.toml")).arg("--audit").arg(demo.dir.join("hub/audit"));
    eprintln!("{}", run(command.arg("--log").arg(gate.folder.join("gate.log"))));
}

#[test]
fn a_gate_s_credential_reads_linked_studies_alone() {
    let demo = Demo::start(&["--sites", "2"]);
    let gate = Gate::start(&demo);
    let study = demo_study(&demo);
    let made = gate.link(&demo, &study, &[]);
    let machine = demo.dir.join("hub/client");
    let mut command = peer_script("knock.py");
    command.arg("--hub").arg(federation_of(&demo)).args(["--study", &study]);
    command.args(["--url", text(&made, "url"), "--pin", text(&made, "pin")]);
    command.arg("--gate").arg(gate.folder.join("credential")).arg("--machine").arg(machine);
    command.arg("--held").arg(crate::world::centre(&demo)).arg("--authority").arg(gate.folder.join("shown.ca.pem"));
    eprintln!("{}", run(&mut command));
    let past = run(hub(&demo).args(["link", "show", text(&made, "id")]));
    assert!(past.contains("127.0.0.2"), "whoever came by the gate is in the history: {past}");
    assert!(past.contains("192.0.2.77"), "a gate is believed: {past}");
    assert!(!past.contains("203.0.113."), "nobody else is believed: {past}");
}

#[test]
fn a_large_study_passes_through_and_stays_in_no_memory() {
    let demo = Demo::start(&["--sites", "2"]);
    let gate = Gate::start(&demo);
    let study = drawn(&demo, "600");
    let made = gate.link(&demo, &study, &["--download"]);
    let hub_pid = demo.ready["hub"]["pid"].as_u64().expect("a process");
    let before_mb = peak_mb(hub_pid);
    let mut command = peer_script("take_slowly.py");
    command.args(["--url", text(&made, "url"), "--pin", text(&made, "pin"), "--study", &study]);
    let bytes: u64 = run(&mut command).trim().parse().expect("a number");
    assert!(bytes >> 20 >= STUDY_MB, "{bytes}");
    let (gate_mb, grown_mb) = (peak_mb(gate.daemon.pid().into()), peak_mb(hub_pid) - before_mb);
    eprintln!("{} MB through a gate of {gate_mb} MB; the hub grew by {grown_mb} MB", bytes >> 20);
    assert!(gate_mb < GATE_MB, "{gate_mb} MB");
    assert!(grown_mb < STUDY_MB, "{grown_mb} MB");
}

#[test]
fn a_gate_outlives_its_hub() {
    let mut demo = Demo::start(&["--sites", "1"]);
    demo.stop();
    let hub_file = demo.dir.join("hub.toml");
    let running = (Daemon::start("hub", &hub_file), Daemon::start("adapter", &demo.dir.join("hospital-01.toml")));
    listens(&federation_of(&demo));
    known::wait(&demo);
    let gate = Gate::start(&demo);
    let made = gate.link(&demo, &demo_study(&demo), &[]);
    let opens = || {
        let mut command = peer_script("take_slowly.py");
        run(command.args(["--url", text(&made, "url"), "--pin", text(&made, "pin"), "--status"])).trim().to_owned()
    };
    assert_eq!(opens(), "200 page, 200 opened");
    let (daemon, adapter) = running;
    daemon.stop();
    assert_eq!(opens(), "200 page, 503 not_available");
    let daemon = Daemon::start("hub", &hub_file);
    listens(&federation_of(&demo));
    assert_eq!(opens(), "200 page, 200 opened");
    daemon.kill();
    assert_eq!(opens(), "200 page, 503 not_available");
    let daemon = Daemon::start("hub", &hub_file);
    listens(&federation_of(&demo));
    assert_eq!(opens(), "200 page, 200 opened");
    drop((daemon, adapter));
}

#[test]
fn a_new_certificate_is_shown_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path(), "shown");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (pem, key) = (file("shown.pem"), file("shown.key"));
    let settings = [("HUB_LINKS__CERTIFICATE_FILE", pem.as_str()), ("HUB_LINKS__KEY_FILE", key.as_str())];
    let demo = Demo::start_with(&["--sites", "1"], &settings);
    let gate = Gate::start(&demo);
    let link = text(&demo.ready["link"], "url");
    let address = link.trim_start_matches("https://").split_once('/').expect("a path").0.to_owned();
    for (what, folder, address) in [("hub", folder.path(), &address), ("gate", &gate.folder, &gate.address)] {
        certificate(folder, "next");
        let mut command = Command::new(python());
        command.arg(crate::world::root().join("test-data/tests/peers/watch_certificate.py"));
        eprintln!("{what}\n{}", run(command.args(["--address", address]).arg("--folder").arg(folder)));
    }
}
