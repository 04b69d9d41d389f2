//! An image of an old archive that takes the place of another one: nothing that the archive tells of the study is another.

use crate::{
    ask,
    old_pacs::{Orthanc, TOLD_AND_HERE, crawl, hospital, is_missing, numbers, progress, started, takes_over},
    world::{Daemon, until},
};
use serde_json::json;
use std::{fs, path::Path};
use test_data::generator::{instance_of_series, place_of};

/// Every pass looks into everything.
fn looks_into_everything(config: &Path) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table["crawl"].as_table_mut().unwrap().insert("look_into_after_d".into(), 0.into());
    fs::write(config, toml::to_string(&table).unwrap()).unwrap();
}

/// Two studies of two images each; of the first, an image goes and another one comes.
fn check(keeps: bool) {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, json!({}), 1);
    let file = |number: u64| instance_of_series(4000, number, 1);
    orthanc.fill([0, 1, 4, 5].map(file).into());
    takes_over(&config, orthanc.dimse, "get");
    looks_into_everything(&config);
    if !keeps {
        crate::nearline::leaves_the_images(&config, 1 << 20);
    }
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let adapter = started(&config);
    let pass = || {
        crawl(&config, "start");
        let told = progress(&config, |told| told["ended_ms"].is_i64());
        assert_eq!(numbers(&told, TOLD_AND_HERE), [2, 4, 2, 4], "{told}");
        numbers(&told, ["pass", "new", "changed", "given_up"])
    };
    assert_eq!(pass(), [1, 2, 0, 0]);
    assert_eq!(pass(), [2, 0, 0, 0], "nothing is another");

    orthanc.delete(&place_of(0, 1).study);
    orthanc.fill([0, 2].map(file).into());
    assert_eq!(pass(), [3, 0, 1, 0]);
    let is_there = |number: u64| ask::instances(&demo).contains(&place_of(number, 1).instance);
    until("the new image at the hub", || is_there(2));
    until("the old one as it should be", || is_there(1) == keeps);
    assert!(is_there(0) && is_there(4));
    assert_eq!(pass(), [4, 0, 0, 0], "it is known now");
    drop((adapter, hub));
}

#[test]
fn images_that_were_exchanged_are_fetched() {
    check(true);
}

#[test]
fn images_that_were_exchanged_are_learned_of() {
    check(false);
}
