//! Nothing that was acknowledged is lost, whatever dies and whenever.

use crate::{
    ask, known,
    load::{Load, SIZE},
    world::{Daemon, Demo, until},
};
use rand::Rng;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, thread::sleep, time::Duration};
use test_data::generator::instance_of_size;

/// Associations that send at once.
const ASSOCIATIONS: usize = 4;
/// Times that an adapter is killed, when `KILLS` says nothing else.
const KILLS: usize = 6;

/// How often something is killed: as `KILLS` says, else so often.
pub fn kills(usual: usize) -> usize {
    std::env::var("KILLS").map_or(usual, |text| text.parse().expect("a number"))
}

#[test]
fn an_adapter_killed_while_it_receives_keeps_what_it_acknowledged() {
    let demo = one_hospital();
    let kills = kills(KILLS);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let load = Load::start(&demo, 0, ASSOCIATIONS);
    for _ in 0..kills {
        let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
        let before = load.acknowledged();
        until("an acknowledged instance", || load.acknowledged() > before);
        sleep(Duration::from_millis(rand::rng().random_range(0..600)));
        adapter.kill();
    }
    let acknowledged = load.finish();
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    all_is_there(&demo, &acknowledged);
    eprintln!("{kills} kills of an adapter: all of {} acknowledged instances are there", acknowledged.len());
    drop((adapter, hub));
}

#[test]
fn a_hub_killed_while_hospitals_send_learns_of_everything() {
    let demo = one_hospital();
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    let load = Load::start(&demo, 0, ASSOCIATIONS);
    let kills = kills(3);
    for _ in 0..kills {
        let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
        let before = held(&demo);
        until("a change that the hub holds", || held(&demo) > before);
        sleep(Duration::from_millis(rand::rng().random_range(0..400)));
        hub.kill();
    }
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let acknowledged = load.finish();
    all_is_there(&demo, &acknowledged);
    eprintln!("{kills} kills of the hub: all of {} acknowledged instances are there", acknowledged.len());
    drop((adapter, hub));
}

#[test]
fn an_adapter_killed_while_it_tells_the_hub_tells_the_rest() {
    let demo = one_hospital();
    let kills = kills(3);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let load = Load::start(&demo, 0, ASSOCIATIONS);
    for _ in 0..kills {
        let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
        until("the adapter", || held(&demo).is_some());
        let before = held(&demo);
        until("a change that the hub holds", || held(&demo) > before);
        sleep(Duration::from_millis(rand::rng().random_range(0..100)));
        adapter.kill();
    }
    let acknowledged = load.finish();
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    all_is_there(&demo, &acknowledged);
    eprintln!("{kills} kills of an adapter that tells: all of {} acknowledged instances are there", acknowledged.len());
    drop((adapter, hub));
}

#[test]
fn hub_and_adapter_restarted_in_the_middle_of_sending_lose_nothing() {
    let demo = one_hospital();
    let start = |name: &str, file: &str| Daemon::start(name, &demo.dir.join(file));
    let (mut hub, mut adapter) = (start("hub", "hub.toml"), start("adapter", "hospital-01.toml"));
    let load = Load::start(&demo, 0, ASSOCIATIONS);
    let more = |load: &Load| {
        let before = load.acknowledged();
        until("a hundred more instances", || load.acknowledged() > before + 100);
    };
    more(&load);
    hub.stop();
    more(&load);
    hub = start("hub", "hub.toml");
    more(&load);
    adapter.stop();
    adapter = start("adapter", "hospital-01.toml");
    more(&load);
    let acknowledged = load.finish();
    all_is_there(&demo, &acknowledged);
    drop((adapter, hub));
}

/// Number of the last line of the hospital's feed that the hub said it holds, as the adapter tells.
fn held(demo: &Demo) -> Option<u64> {
    known::status(&demo.site(0)["console"]).and_then(|status| status["held"].as_u64())
}

/// A region of one hospital that has run once, and stands.
pub fn one_hospital() -> Demo {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = folder.path().join("hospital-01");
    fs::create_dir(&inbox).expect("a folder");
    fs::write(inbox.join("0.dcm"), instance_of_size(SIZE, 0)).expect("written");
    let mut demo = Demo::start(&["--data", &folder.path().to_string_lossy()]);
    demo.stop();
    demo
}

/// Every number is found once at the hub and comes back from there as it was sent; nothing is found that was not sent.
fn all_is_there(demo: &Demo, acknowledged: &BTreeSet<u64>) {
    known::wait_for(&demo.site(0)["console"]);
    let found = ask::instances(demo);
    let once: BTreeSet<&String> = found.iter().collect();
    assert_eq!(found.len(), once.len(), "an instance is found twice");
    // the demo's own instance and perhaps one for each association that was stored and never acknowledged
    assert!(found.len() > acknowledged.len(), "{} found of {} acknowledged", found.len(), acknowledged.len());
    let files = demo.dir.join("sent");
    fs::create_dir(&files).expect("a folder");
    let entry = |number: &u64| {
        let path = files.join(format!("{number}.dcm"));
        fs::write(&path, instance_of_size(SIZE, *number)).expect("written");
        json!({"set": "sent", "name": number.to_string(), "path": path, "refused": null})
    };
    let plan: Vec<Value> = acknowledged.iter().map(entry).collect();
    crate::cases::compare("check_region.py", demo, &plan, None);
}
