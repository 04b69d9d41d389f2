//! Images that stay in the hospital's PACS: known before anybody has seen them, fetched when somebody wants them, and followed when
//! they change.

use crate::{
    ask,
    old_pacs::{
        self, Orthanc, TOLD_AND_HERE, crawl, dated, hospital, is_missing, port_of, progress, started, takes_over,
    },
    world::{Daemon, Demo, host_port, until},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path, process::Command};
use test_data::{
    generator::{instance_of_series, load_date, place_of},
    sender::{Peer, Source, send},
};

/// Bytes of the cache of an adapter that leaves the images in the archive.
const CACHE: u64 = 2 << 20;

/// The images stay in the archive.
pub fn leaves_the_images(config: &Path, cache: u64) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table.insert("holding".into(), "index-only".into());
    table.insert("cache_bytes".into(), toml::Value::Integer(cache as i64));
    fs::write(config, toml::to_string(&table).unwrap()).unwrap();
}

/// Every file comes back through the hub as it was sent.
fn come_back_through_the_hub(demo: &Demo, numbers: &[u64], files: &[Vec<u8>]) {
    crate::known::wait_for(&demo.site(0)["console"]);
    let folder = demo.dir.join("sent");
    fs::create_dir(&folder).unwrap();
    let plan = numbers.iter().zip(files).map(|(number, file)| {
        let path = folder.join(format!("{number}.dcm"));
        fs::write(&path, file).unwrap();
        serde_json::json!({"set": "sent", "name": number.to_string(), "path": path, "refused": null})
    });
    crate::cases::compare("check_region.py", demo, &plan.collect::<Vec<_>>(), None);
}

/// Bytes of the files below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        _ => entry.metadata().map_or(0, |file| file.len()),
    });
    sizes.sum()
}

#[test]
fn a_pacs_that_keeps_the_images_gives_them_when_the_region_asks() {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, json!({}), 1);
    let mut numbers: Vec<u64> = (0..40).map(|study| study * 4).collect();
    let mut files: Vec<Vec<u8>> = numbers.iter().map(|number| instance_of_series(200_000, *number, 1)).collect();
    orthanc.fill(files.clone());
    takes_over(&config, orthanc.dimse, "get");
    leaves_the_images(&config, CACHE);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let adapter = started(&config);
    crawl(&config, "start");
    let told = progress(&config, |told| told["ended_ms"].is_i64());
    assert_eq!(old_pacs::numbers(&told, TOLD_AND_HERE), [40; 4], "{told}");
    let images = demo.dir.join("hospital-01/cache");
    until("a cache within its bounds", || bytes_below(&images) <= CACHE);
    eprintln!("{} bytes of {} are here", bytes_below(&images), files.iter().map(Vec::len).sum::<usize>());
    // what a modality sends is kept: it would be the only copy
    let peer = Peer::new(demo.site(0)["dimse"].as_str().unwrap().parse().unwrap(), "MODALITY", "CRAWLER");
    numbers.push(77_776);
    files.push(instance_of_series(2_000_000, 77_776, 1));
    let sources = files.last().map(|file| Source::Memory(file.clone().into())).into_iter().collect();
    let sent = tokio::runtime::Runtime::new().unwrap().block_on(send(sources, &peer)).unwrap();
    assert!(sent[0].1.is_done(), "{:?}", sent[0].1);
    come_back_through_the_hub(&demo, &numbers, &files);
    let kept = bytes_below(&demo.dir.join("hospital-01/images"));
    assert!((2_000_000..4_000_000).contains(&kept), "{kept} bytes are kept");
    drop((adapter, hub));
}

/// What the hub says of each study: its availability and its date.
fn studies(demo: &Demo) -> BTreeMap<String, (String, String)> {
    let found = ask::hub(demo, "/studies").unwrap_or_default();
    let text = |row: &Value, tag: &str| row[tag]["Value"][0].as_str().unwrap_or_default().to_owned();
    let rows = found.as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| (text(row, "0020000D"), (text(row, "00080056"), text(row, "00080020")))).collect()
}

fn is(demo: &Demo, study: &str, availability: &str, date: &str) -> bool {
    studies(demo).get(study) == Some(&(availability.to_owned(), date.to_owned()))
}

/// Asks the hub for the one file of a study.
fn looked_at(demo: &Demo, number: u64) -> bool {
    let place = place_of(number, 1);
    let path = format!("/studies/{}/series/{}/metadata", place.study, place.series);
    ask::hub(demo, &path).is_some_and(|answer| answer[0]["00080018"]["Value"][0] == place.instance.as_str())
}

/// One study is written anew, one grows, one goes.
fn changes_are_followed(demo: &Demo, config: &Path, orthanc: &Orthanc, numbers: &[u64]) {
    let uid = |study: usize| place_of(numbers[study], 1).study;
    orthanc.delete(&uid(0));
    orthanc.fill(vec![dated(numbers[0], "20300101"), dated(numbers[1] + 1, &load_date(1))]);
    orthanc.delete(&uid(2));
    crawl(config, "start");
    let told = progress(config, |told| told["ended_ms"].is_i64());
    assert_eq!(old_pacs::numbers(&told, ["pass", "new", "changed", "gone"]), [2, 0, 2, 1], "{told}");
    until("the change", || is(demo, &uid(0), "NEARLINE", "20300101"));
    until("the deletion", || !studies(demo).contains_key(&uid(2)));
    come_back_through_the_hub(
        demo,
        &[numbers[0], numbers[1] + 1],
        &[dated(numbers[0], "20300101"), dated(numbers[1] + 1, &load_date(1))],
    );
    until("the changed one here", || is(demo, &uid(0), "ONLINE", "20300101"));
}

/// Whether the archive takes C-GET of the adapter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    ByGet,
    ByMoveAlone,
}

/// From the first look on, over a change and a deletion.
fn check(gives: Gives) {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let (port, get) = (port_of(&demo), gives == Gives::ByGet);
    let adapter = json!({ "AET": "CRAWLER", "Host": "127.0.0.1", "Port": port, "AllowGet": get });
    let settings = json!({ "DicomAlwaysAllowGet": get, "DicomModalities": { "adapter": adapter } });
    let orthanc = Orthanc::start(&demo.dir, settings, port);
    let numbers: Vec<u64> = (0..6).map(|study| study * 4).collect();
    let uid = |study: usize| place_of(numbers[study], 1).study;
    orthanc.fill(numbers.iter().map(|number| instance_of_series(4000, *number, 1)).collect());
    takes_over(&config, orthanc.dimse, "get");
    leaves_the_images(&config, CACHE);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let adapter = started(&config);
    crawl(&config, "start");
    progress(&config, |told| told["ended_ms"].is_i64());
    until("six studies that nobody has seen", || {
        (0..6).all(|study| is(&demo, &uid(study), "NEARLINE", &load_date(study as u64)))
    });
    assert_eq!(bytes_below(&demo.dir.join("hospital-01/cache")), 0, "nothing was fetched");
    until("the hub's line to the hospital", || looked_at(&demo, numbers[0]));
    until("one study here", || is(&demo, &uid(0), "ONLINE", &load_date(0)));
    assert_eq!(studies(&demo).values().filter(|(word, _)| word == "NEARLINE").count(), 5);

    changes_are_followed(&demo, &config, &orthanc, &numbers);
    let log = fs::read_to_string(config.with_extension("log")).unwrap();
    assert_eq!(log.contains("C-MOVE"), !get, "{log}");
    drop((adapter, hub));
}

#[test]
fn what_only_the_pacs_has_is_nearline_until_somebody_looks() {
    check(Gives::ByGet);
}

#[test]
fn a_pacs_without_c_get_is_asked_by_c_move() {
    check(Gives::ByMoveAlone);
}

#[test]
fn what_was_edited_under_its_uid_takes_the_place_of_what_was_known() {
    if is_missing() {
        return;
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, json!({}), 1);
    orthanc.fill(vec![instance_of_series(4000, 0, 1)]);
    takes_over(&config, orthanc.dimse, "get");
    leaves_the_images(&config, 0);
    let adapter = started(&config);
    crawl(&config, "start");
    progress(&config, |told| told["ended_ms"].is_i64());
    let out = demo.dir.join("got");
    let place = place_of(0, 1);
    let got = || {
        let _ = fs::remove_dir_all(&out);
        fs::create_dir(&out).unwrap();
        let study = format!("StudyInstanceUID={}", place.study);
        let mut command = Command::new("getscu");
        command.args(["-aec", "CRAWLER", "-k", "QueryRetrieveLevel=STUDY", "-k", &study, "-od"]).arg(&out);
        command.args(host_port(&demo.site(0)["dimse"]));
        let _ = command.output().expect("getscu");
        fs::read_dir(&out).unwrap().next().map(|file| daemon::read_at_most(&file.unwrap().path(), 1 << 30).unwrap())
    };
    let has = |file: &[u8], text: &str| file.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(got().is_some_and(|file| has(&file, "Load test")));
    until("an empty cache", || bytes_below(&demo.dir.join("hospital-01/cache")) == 0);
    let mut edited = instance_of_series(4000, 0, 1);
    let at = edited.windows(9).position(|bytes| bytes == b"Load test").unwrap();
    edited[at..at + 9].copy_from_slice(b"Road test");
    orthanc.fill(vec![edited]);
    until("the edited one", || got().is_some_and(|file| has(&file, "Road test")));
    drop(adapter);
}
