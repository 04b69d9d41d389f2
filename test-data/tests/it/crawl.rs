//! An old archive is taken over whole, whatever dies meanwhile.

use crate::{
    old_pacs::{
        Orthanc, TOLD_AND_HERE, crawl, dated, hospital, is_missing, numbers, port_of, progress, started, takes_over,
    },
    world::{Daemon, program, run, until},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path};
use test_data::generator::{load_date, place_of};

/// Studies when `CRAWL_STUDIES` says nothing else, or more for more kills; each of two series of one instance, but the last
/// few: those are of one.
const STUDIES: u64 = 240;
/// The archive ends its answers after so many matches.
const LIMIT: u64 = 20;

/// What the archive has: most studies over seven years, some on one day, some before every year that is asked
/// for by itself, some after, some without a date. Gives how many instances each study has.
fn archive(count: u64) -> (Vec<Vec<u8>>, BTreeMap<String, u64>) {
    let (mut files, mut studies) = (Vec::new(), BTreeMap::new());
    for study in 0..count {
        // no more of these than an answer has
        let date = match if study < 240 { study % 40 } else { 39 } {
            0 => String::new(),
            1 => "19570303".to_owned(),
            2 => "20991231".to_owned(),
            3..6 => "20160229".to_owned(),
            _ => load_date(study * 9),
        };
        let series = if study < count - 10 { 2 } else { 1 };
        files.extend((0..series).map(|series| dated(study * 4 + series, &date)));
        studies.insert(place_of(study * 4, 1).study, series);
    }
    (files, studies)
}

/// Kills an adapter again and again until three fifths of the studies are here, slowly enough that it is always on its way.
fn killed_on_the_way(config: &Path, mut adapter: Daemon, count: u64) -> Daemon {
    let kills = crate::lost::kills(3) as u64;
    let pace = |per_s: i64| {
        let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
        table["crawl"].as_table_mut().unwrap().insert("instances_per_s".to_owned(), per_s.into());
        fs::write(config, toml::to_string(&table).unwrap()).unwrap();
    };
    pace(if kills > 3 { 20 } else { 0 });
    for kill in 1..=kills {
        let wanted = count * 3 * kill / (5 * kills);
        let told = progress(config, |told| told["studies_arrived"].as_u64() >= Some(wanted));
        assert!(kills == 3 || told["ended_ms"].is_null(), "it was on its way: {told}");
        adapter.kill();
        if kill == kills {
            pace(0);
        }
        adapter = started(config);
    }
    adapter
}

/// Names the archive: as one that keeps its images, and where it gives by C-MOVE as one that was let in.
fn names(config: &Path, archive: SocketAddr, how: &str) {
    if how == "index-only" {
        takes_over(config, archive, "get");
        crate::nearline::leaves_the_images(config, 1 << 20);
    } else {
        takes_over(config, archive, how);
    }
    if how == "move" {
        is_allowed_in_place_of_named(config, archive);
    }
}

/// The archive is no peer of the configuration but one that was allowed while the adapter ran.
fn is_allowed_in_place_of_named(config: &Path, archive: SocketAddr) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table.insert("peers".into(), toml::Value::Array(vec![]));
    let mut without = table.clone();
    without["crawl"].as_table_mut().unwrap().insert("archive".into(), "".into());
    fs::write(config, toml::to_string(&without).unwrap()).unwrap();
    let mut adapter = Daemon::start("adapter", config);
    let [host, port] = [archive.ip().to_string(), archive.port().to_string()];
    until("the adapter", || {
        assert!(!adapter.has_ended());
        let mut command = program("adapter");
        let allow = ["peers", "allow", "OLDPACS", &host, "--port", &port];
        command.arg("--config").arg(config).args(allow).output().unwrap().status.success()
    });
    adapter.stop();
    fs::write(config, toml::to_string(&table).unwrap()).unwrap();
}

/// The console says of it what the command says.
fn console_says_it(config: &Path, told: &Value) {
    let status = |more: &[&str]| run(program("adapter").arg("--config").arg(config).arg("status").args(more));
    let report: Value = serde_json::from_str(&status(&["--json"])).unwrap();
    for name in ["archive", "pass", "ended_ms", "studies_told", "studies_arrived", "waiting", "new", "lost"] {
        assert_eq!(report["crawl"][name], told[name], "{name}");
    }
    assert!(status(&[]).contains(&format!("crawl OLDPACS, pass {}: ", told["pass"])), "{}", status(&[]));
}

/// The whole way, with kills while it goes on, and a second pass over what changed.
fn check(how: &str, limit: u64) {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, json!({ "LimitFindResults": limit }), port_of(&demo));
    let usual = STUDIES.max(20 * crate::lost::kills(3) as u64);
    let count = std::env::var("CRAWL_STUDIES").map_or(usual, |text| text.parse().expect("a number"));
    let (files, studies) = archive(count);
    let instances = files.len() as u64;
    orthanc.fill(files);
    names(&config, orthanc.dimse, how);
    let mut adapter = started(&config);
    crawl(&config, "start");
    adapter = killed_on_the_way(&config, adapter, count);
    let told = progress(&config, |told| told["ended_ms"].is_i64());
    let seconds = (told["ended_ms"].as_i64().unwrap() - told["begun_ms"].as_i64().unwrap()) as f64 / 1000.0;
    let kills = crate::lost::kills(3);
    eprintln!("{how}: {count} studies, {kills} kills, {seconds:.1} s, {:.0} studies a second", count as f64 / seconds);
    let whole = studies.len() as u64;
    assert_eq!(numbers(&told, TOLD_AND_HERE), [whole, instances, whole, instances], "{told}");
    assert_eq!(numbers(&told, ["waiting", "given_up", "gone", "changed"]), [0; 4], "{told}");
    // under patient IDs of other letters there may be more, when answers are cut off
    assert_eq!(told["windows_cut"].as_u64(), Some(u64::from(limit > 0)), "{told}");

    // one study more, one that has grown
    orthanc.fill(vec![dated(4 * count, "20240101"), dated(4 * (count - 1) + 1, &load_date((count - 1) * 9))]);
    crawl(&config, "start");
    let told = progress(&config, |told| told["ended_ms"].is_i64());
    assert_eq!(numbers(&told, TOLD_AND_HERE), [whole + 1, instances + 2, whole + 1, instances + 2], "{told}");
    assert_eq!(numbers(&told, ["pass", "new", "changed", "gone"]), [2, 1, 1, 0], "{told}");
    eprintln!("{}", crawl(&config, "report"));
    console_says_it(&config, &told);
    adapter.stop();
}

#[test]
fn an_archive_that_cuts_its_answers_off_is_taken_over_by_get() {
    check("get", LIMIT);
}

#[test]
fn an_archive_is_taken_over_by_move() {
    check("move", 0);
}

#[test]
fn an_archive_that_keeps_its_images_is_learned_of() {
    check("index-only", 0);
}
