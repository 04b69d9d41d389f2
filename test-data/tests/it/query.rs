//! What a workstation of one hospital sees of the others.

use crate::{
    known,
    lanes::free_port,
    world::{Daemon, Demo, peer_script, run},
};
use std::fs;

#[test]
fn a_workstation_finds_and_pulls_a_study_of_another_hospital() {
    let demo = Demo::start(&["--sites", "3"]);
    eprintln!("{}", run(peer_script("ask_region.py").arg("--ready").arg(&demo.ready_file)));
    // who asked is written down at the hospital, and which hospital at the hub
    let here = fs::read_to_string(demo.dir.join("hospital-01/audit/pacs-adapter.jsonl")).expect("an audit log");
    assert!(here.contains("peer:WORKSTATION@127.0.0.1"), "the workstation is not written down");
    let hub = fs::read_to_string(demo.dir.join("hub/audit/hub.jsonl")).expect("an audit log");
    assert!(hub.contains("site:hospital-01"), "the hospital is not written down");
}

#[test]
fn a_study_of_another_hospital_is_moved_to_a_known_peer() {
    let mut demo = Demo::start(&["--sites", "2"]);
    demo.stop();
    let port = free_port();
    let config = |name: &str| demo.dir.join(format!("{name}.toml"));
    let before = fs::read_to_string(config("hospital-01")).expect("a configuration");
    let peers = format!("peers = [{{ ae_title = \"TAKER\", address = \"127.0.0.1:{port}\" }}]");
    assert!(before.contains("peers = []"), "{before}");
    fs::write(config("hospital-01"), before.replace("peers = []", &peers)).expect("written");
    let _running = [
        Daemon::start("hub", &config("hub")),
        Daemon::start("adapter", &config("hospital-01")),
        Daemon::start("adapter", &config("hospital-02")),
    ];
    known::wait(&demo);
    let mut script = peer_script("move_in_region.py");
    eprintln!("{}", run(script.arg("--ready").arg(&demo.ready_file).arg("--port").arg(port.to_string())));
}
