//! Images of an old archive that the hospital's rules drop or hold: they are fetched once, and lack nowhere.

use crate::{
    ask,
    old_pacs::{Orthanc, TOLD_AND_HERE, crawl, hospital, is_missing, numbers, port_of, progress, started, takes_over},
    world::{Daemon, run, until},
};
use serde_json::json;
use std::{fs, path::Path, process::Command};
use test_data::generator::{instance_of_series, place_of};

/// One image is dropped, another one is held.
fn has_rules(config: &Path) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table.remove("rules");
    let of = |number: u64, what: &str| {
        let uid = place_of(number, 1).instance;
        format!(
            "[[rules]]\nname = '{what}'\nwhen = {{ attributes = {{ SOPInstanceUID = ['{uid}'] }} }}\ndo = {{ {what} = true }}\n"
        )
    };
    fs::write(config, toml::to_string(&table).unwrap() + &of(1, "drop") + &of(5, "hold")).unwrap();
}

fn check(how: &str) {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, json!({}), port_of(&demo));
    let file = |number: u64| instance_of_series(4000, number, 1);
    orthanc.fill([0, 1, 4, 5].map(file).into());
    takes_over(&config, orthanc.dimse, how);
    has_rules(&config);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let adapter = started(&config);
    let pass = || {
        crawl(&config, "start");
        let told = progress(&config, |told| told["ended_ms"].is_i64());
        assert_eq!(numbers(&told, ["pass", "changed", "given_up", "waiting"])[1..], [0, 0, 0], "{told}");
        told
    };
    let metrics = format!("{}metrics", demo.site(0)["console"].as_str().unwrap());
    for number in 1..=2 {
        let told = pass();
        assert_eq!((&told["pass"], numbers(&told, TOLD_AND_HERE)), (&json!(number), [2, 4, 2, 2]), "{told}");
        assert_eq!(told["instances_left_out"], json!(2), "{told}");
        let applied = run(Command::new("curl").args(["-sS", "--noproxy", "*", &metrics]));
        for rule in ["drop", "hold"] {
            let line = format!("rules_applied_total{{rule=\"{rule}\"}} 1");
            assert!(applied.lines().any(|told| told == line), "pass {number} fetched it again: {applied}");
        }
    }
    let words = crawl(&config, "report");
    assert!(words.contains("by rules        2 instances came and were dropped, or are held"), "{words}");
    let study = place_of(5, 1).study;
    run(crate::world::program("adapter").arg("--config").arg(&config).args(["release", &study]));
    until("what was held", || ask::instances(&demo).contains(&place_of(5, 1).instance));
    let told = pass();
    assert_eq!((numbers(&told, TOLD_AND_HERE), &told["instances_left_out"]), ([2, 4, 2, 3], &json!(1)), "{told}");
    drop((adapter, hub));
}

#[test]
fn what_rules_leave_out_is_fetched_once_by_get() {
    check("get");
}

#[test]
fn what_rules_leave_out_is_fetched_once_by_move() {
    check("move");
}
