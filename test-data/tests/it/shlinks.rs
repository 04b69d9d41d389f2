//! Study links in their second form, as standard readers take them.

use crate::world::{Demo, hub, peer_script, run, until};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_standard_reader_takes_a_study() {
    let data = tempfile::tempdir().expect("a folder");
    let inbox = data.path().join("hospital-01");
    fs::create_dir(&inbox).expect("a folder");
    let study = run(peer_script("read_shlink.py").arg("make").arg("--out").arg(&inbox));
    let demo = Demo::start(&["--data", &data.path().to_string_lossy()]);
    let authority = demo.ready["tls"]["ca"].as_str().expect("a file");
    let read = |what: &str| {
        let made = run(hub(&demo).args(["link", "create", &study, "--download", "--json"]));
        let id = serde_json::from_str::<Value>(&made).expect("JSON")["id"].as_str().expect("a name").to_owned();
        let mut revoke = hub(&demo);
        revoke.args(["link", "revoke", &id]);
        let words = std::iter::once(revoke.get_program()).chain(revoke.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        let mut script = peer_script("read_shlink.py");
        script.args([what, "--link", made.trim(), "--authority", authority, "--study", &study]);
        eprintln!("{}", run(script.arg("--revoke").arg(json!(words).to_string())));
        id
    };
    let (id, locked) = (read("read"), read("lock"));
    let audit = fs::read_to_string(demo.dir.join("hub/audit/hub.jsonl")).expect("the audit log");
    let count = |id: &str, what: &str, outcome: &str| {
        let is_one = |line: &&str| line.contains(id) && line.contains(what) && line.contains(outcome);
        audit.lines().filter(is_one).count()
    };
    assert_eq!((count(&id, "link_opened", "denied"), count(&locked, "link_opened", "denied")), (2, 5));
    // those that were read one after the other are one event, and the number of the others some seconds later
    until("an event of every report", || viewed(&demo, &id) >= 2);
    let log = fs::read_to_string(demo.ready_file.with_extension("log")).expect("the log");
    assert!(!log.contains("/s/shl/") && !log.contains("Wang"), "the log names neither secrets nor patients");
}

/// How many instances the audit log says were shown to a link's holder.
fn viewed(demo: &Demo, id: &str) -> u64 {
    let audit = fs::read_to_string(demo.dir.join("hub/audit/hub.jsonl")).expect("the audit log");
    let lines = audit.lines().filter(|line| line.contains(id));
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let shown = lines.filter(|line| line["what"] == "view" && line["outcome"] == "success");
    shown.filter_map(|line| line["count"].as_u64()).sum()
}
