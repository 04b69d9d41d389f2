//! A site without an adapter stores to the hub, and nothing that was acknowledged is lost.

use crate::{
    ask,
    load::SIZE,
    world::{Daemon, Demo, centre, hub, peer_script, run, until},
};
use rand::Rng;
use serde_json::Value;
use std::{fs, path::Path, process::Command, thread::sleep, time::Duration};
use test_data::generator::instance_of_size;

/// Times that the hub is killed.
const KILLS: usize = 4;

#[test]
fn a_site_without_an_adapter_stores_and_is_found() {
    let mut demo = one_hospital();
    let certificate = centre(&demo);
    eprintln!("{}", run(&mut peer(&demo, &certificate, "check")));
    // its feed is numbered at the hub, and it is always there
    let metrics = || {
        let mut command = Command::new("curl");
        run(command.args(["-sS", demo.ready["hub"]["metrics"].as_str().expect("an address")]))
    };
    let text = metrics();
    for expected in ["hub_site_connected{site=\"centre\"} 1", "hub_site_instances{site=\"centre\"} 6"] {
        assert!(text.contains(expected), "{text}");
    }
    // it cannot become a hospital with an adapter, whose changes would have the same numbers
    let invite = hub(&demo).args(["site", "invite", "centre"]).output().expect("it runs");
    assert!(!invite.status.success());
    // a new start, with nothing in the cache, has everything
    demo.stop();
    fs::remove_dir_all(demo.dir.join("hub/cache")).expect("a cache");
    let again = Daemon::start("hub", &demo.dir.join("hub.toml"));
    until("the hub", || ask::hub(&demo, "/studies?limit=1").is_some());
    let metadata = ask::hub(&demo, "/studies/1.2.826.0.1.3680043.10.1338.1/metadata");
    assert_eq!(metadata.and_then(|all| all.as_array().map(Vec::len)), Some(6));
    // a revoked site stores no more
    run(hub(&demo).args(["site", "revoke", "centre"]));
    assert!(!peer(&demo, &certificate, "check").output().expect("it runs").status.success());
    drop(again);
}

#[test]
fn a_hub_killed_while_it_is_stored_to_keeps_what_it_acknowledged() {
    let mut demo = one_hospital();
    let certificate = centre(&demo);
    demo.stop();
    let acknowledged = demo.dir.join("acknowledged");
    let mut load = peer(&demo, &certificate, "load");
    let mut load = load.arg("--acknowledged").arg(&acknowledged).spawn().expect("python");
    let count = || fs::read_to_string(&acknowledged).map_or(0, |text| text.lines().count());
    for _ in 0..KILLS {
        let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
        let before = count();
        until("an acknowledged instance", || count() > before + 5);
        sleep(Duration::from_millis(rand::rng().random_range(0..400)));
        hub.kill();
    }
    fs::write(demo.dir.join("acknowledged.stop"), "").expect("written");
    until("the end of the load", || load.try_wait().expect("our own process").is_some());
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    until("the hub", || ask::hub(&demo, "/studies?limit=1").is_some());
    let there = run(peer(&demo, &certificate, "missing").arg("--acknowledged").arg(&acknowledged));
    eprintln!("{KILLS} kills of the hub: all of {} acknowledged instances are there", there.trim());
    assert_eq!(there.trim(), count().to_string());
    drop(hub);
}

/// A region of one hospital.
fn one_hospital() -> Demo {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = folder.path().join("hospital-01");
    fs::create_dir(&inbox).expect("a folder");
    fs::write(inbox.join("0.dcm"), instance_of_size(SIZE, 0)).expect("written");
    Demo::start(&["--data", &folder.path().to_string_lossy()])
}

fn peer(demo: &Demo, certificate: &Path, what: &str) -> Command {
    let ready = demo.dir.join("ready-kept.json");
    let text = Value::to_string(&demo.ready);
    fs::write(&ready, text).expect("written");
    let mut command = peer_script("store_instances.py");
    command.arg(what).arg("--ready").arg(ready).arg("--certificate").arg(certificate);
    command
}
