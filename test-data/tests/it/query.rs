//! What a workstation of one hospital sees of the others.

use crate::world::{Demo, peer_script, run};
use std::fs;

#[test]
fn a_workstation_finds_and_pulls_a_study_of_another_hospital() {
    let demo = Demo::start(&["--sites", "3"]);
    println!("{}", run(peer_script("ask_region.py").arg("--ready").arg(&demo.ready_file)));
    // who asked is written down at the hospital, and which hospital at the hub
    let here = fs::read_to_string(demo.dir.join("hospital-01/audit/pacs-adapter.jsonl")).expect("an audit log");
    assert!(here.contains("peer:WORKSTATION@127.0.0.1"), "the workstation is not written down");
    let hub = fs::read_to_string(demo.dir.join("hub/audit/hub.jsonl")).expect("an audit log");
    assert!(hub.contains("site:hospital-01"), "the hospital is not written down");
}
