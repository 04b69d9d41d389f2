//! An old archive is taken over whole, whatever dies meanwhile.

use crate::world::{Daemon, Demo, program, run, until};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use test_data::{
    generator::{instance_of_series, instance_of_size, load_date, place_of},
    sender::{Peer, Source, send},
};

pub const ORTHANC: &str = "/usr/sbin/Orthanc";
/// Studies when `CRAWL_STUDIES` says nothing else, each of two series of one instance, but the last few: those are of one.
const STUDIES: u64 = 240;
/// Bytes of the cache of an adapter that leaves the images in the archive.
const CACHE: u64 = 2 << 20;
/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(120);
/// The archive ends its answers after so many matches.
const LIMIT: u64 = 20;

/// The old archive; it ends with this value.
pub struct Orthanc {
    pub dimse: SocketAddr,
    process: Child,
}

impl Orthanc {
    /// A port that was free may be taken by then: another is tried.
    pub fn start(folder: &Path, limit: u64, destination: u16) -> Self {
        let tries = (0..5).find_map(|_| Self::try_start(folder, limit, destination));
        tries.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.join("orthanc.log")).unwrap_or_default()))
    }

    fn try_start(folder: &Path, limit: u64, destination: u16) -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let settings = serde_json::json!({
            "StorageDirectory": folder.join("orthanc"), "IndexDirectory": folder.join("orthanc"), "DicomPort": port,
            "DicomAet": "OLDPACS", "HttpServerEnabled": false, "LimitFindResults": limit, "DicomAlwaysAllowGet": true,
            "DicomAlwaysAllowFind": true, "DicomAlwaysAllowMove": true, "SyncStorageArea": false,
            "DicomModalities": { "adapter": ["CRAWLER", "127.0.0.1", destination] },
        });
        let file = folder.join("orthanc.json");
        fs::write(&file, settings.to_string()).unwrap();
        let log = File::create(folder.join("orthanc.log")).unwrap();
        let mut command = Command::new(ORTHANC);
        command.arg(&file).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut process = command.spawn().unwrap();
        let dimse = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut ended = false;
        until("Orthanc", || {
            ended = process.try_wait().unwrap().is_some();
            ended || TcpStream::connect(dimse).is_ok()
        });
        (!ended).then_some(Self { dimse, process })
    }

    pub fn fill(&self, files: Vec<Vec<u8>>) {
        let peer = Peer::new(self.dimse, "MODALITY", "OLDPACS");
        let sources = files.into_iter().map(|file| Source::Memory(file.into())).collect();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sent = runtime.block_on(send(sources, &peer)).unwrap();
        assert!(sent.iter().all(|(_, sent)| sent.is_done()));
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The file of a number with another study date; an empty one is one without.
fn dated(number: u64, date: &str) -> Vec<u8> {
    let mut file = instance_of_series(4000, number, 1);
    let element = [b"\x08\x00\x20\x00DA\x08\x00".as_slice(), load_date(number / 4).as_bytes()].concat();
    let at = file.windows(element.len()).position(|bytes| bytes == element).expect("a study date");
    let mut new = b"\x08\x00\x20\x00DA".to_vec();
    new.extend_from_slice(&(date.len() as u16).to_le_bytes());
    new.extend_from_slice(date.as_bytes());
    file.splice(at..at + element.len(), new);
    file
}

/// What the archive has: most studies over seven years, some on one day, some before every year that is asked
/// for by itself, some after, some without a date. Gives how many instances each study has.
fn archive(count: u64) -> (Vec<Vec<u8>>, BTreeMap<String, u64>) {
    let (mut files, mut studies) = (Vec::new(), BTreeMap::new());
    for study in 0..count {
        let date = match study % 40 {
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

/// A hospital that has joined and stands, and its configuration.
fn hospital() -> (Demo, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("hospital-01");
    fs::create_dir(&inbox).unwrap();
    fs::write(inbox.join("0.dcm"), instance_of_size(1000, 90_000_000)).unwrap();
    let mut demo = Demo::start(&["--data", &folder.path().to_string_lossy()]);
    demo.stop();
    let config = demo.dir.join("hospital-01.toml");
    (demo, config)
}

/// Names the archive in a hospital's configuration.
fn takes_over(config: &Path, archive: SocketAddr, how: &str) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table["dimse"]["ae_title"] = "CRAWLER".into();
    let mut peer = toml::Table::from_iter([("ae_title".to_owned(), "OLDPACS".into())]);
    peer.insert("address".into(), archive.to_string().into());
    table.insert("peers".into(), vec![toml::Value::Table(peer)].into());
    for (key, value) in
        [("archive", "OLDPACS".into()), ("how", how.into()), ("associations", 3.into()), ("retry_s", 1.into())]
    {
        table["crawl"].as_table_mut().unwrap().insert(key.to_owned(), value);
    }
    fs::write(config, toml::to_string(&table).unwrap()).unwrap();
}

fn crawl(config: &Path, word: &str) -> String {
    run(program("adapter").arg("--config").arg(config).arg("crawl").args(word.split(' ')))
}

fn report(config: &Path) -> Value {
    serde_json::from_str(&crawl(config, "report --json")).unwrap()
}

/// Looks until it is so; fails when nothing more comes.
#[allow(clippy::disallowed_methods, reason = "a test's patience")]
fn progress(config: &Path, there: impl Fn(&Value) -> bool) -> Value {
    let how_far = |told: &Value| told["studies_arrived"].as_u64().zip(told["windows_waiting"].as_u64());
    let (mut last, mut since) = (None, Instant::now());
    loop {
        let told = report(config);
        if there(&told) {
            return told;
        }
        if how_far(&told) != last {
            (last, since) = (how_far(&told), Instant::now());
        }
        assert!(since.elapsed() < PATIENCE, "nothing more comes: {told}");
        sleep(Duration::from_millis(100));
    }
}

fn started(config: &Path) -> Daemon {
    let mut adapter = Daemon::start("adapter", config);
    let there = || program("adapter").arg("--config").arg(config).args(["crawl", "status"]).output().unwrap();
    until("the adapter", || {
        let ended = adapter.has_ended();
        assert!(!ended, "the adapter ended: {}", fs::read_to_string(config.with_extension("log")).unwrap_or_default());
        there().status.success()
    });
    adapter
}

fn numbers(report: &Value, names: [&str; 4]) -> [u64; 4] {
    names.map(|name| report[name].as_u64().unwrap_or_else(|| panic!("{name}: {report}")))
}

const TOLD_AND_HERE: [&str; 4] = ["studies_told", "instances_told", "studies_arrived", "instances_arrived"];

pub fn leave_out() {
    assert!(std::env::var("DICOM_CASES_REQUIRED").as_deref() != Ok("1"), "Orthanc is required and not here");
    eprintln!("LEFT OUT: Orthanc is missing");
}

/// The whole way, with kills while it goes on, and a second pass over what changed.
fn check(how: &str, limit: u64) {
    if !Path::new(ORTHANC).exists() {
        return leave_out();
    }
    let (demo, config) = hospital();
    let port = demo.site(0)["dimse"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let orthanc = Orthanc::start(&demo.dir, limit, port);
    let count = std::env::var("CRAWL_STUDIES").map_or(STUDIES, |text| text.parse().expect("a number"));
    let (files, studies) = archive(count);
    let instances = files.len() as u64;
    orthanc.fill(files);
    takes_over(&config, orthanc.dimse, how);
    let mut adapter = started(&config);
    crawl(&config, "start");
    for kill in 1..=3 {
        let wanted = count * kill / 5;
        progress(&config, |told| told["studies_arrived"].as_u64() >= Some(wanted));
        adapter.kill();
        adapter = started(&config);
    }
    let told = progress(&config, |told| told["ended_ms"].is_i64());
    let seconds = (told["ended_ms"].as_i64().unwrap() - told["begun_ms"].as_i64().unwrap()) as f64 / 1000.0;
    eprintln!("{how}: {count} studies, three kills, {seconds:.1} s, {:.0} studies a second", count as f64 / seconds);
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

/// The images stay in the archive.
fn leaves_the_images(config: &Path) {
    let mut table: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    table.insert("holding".into(), "index-only".into());
    table.insert("cache_bytes".into(), toml::Value::Integer(CACHE as i64));
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
    if !Path::new(ORTHANC).exists() {
        return leave_out();
    }
    let (demo, config) = hospital();
    let orthanc = Orthanc::start(&demo.dir, 0, 1);
    let mut numbers: Vec<u64> = (0..40).map(|study| study * 4).collect();
    let mut files: Vec<Vec<u8>> = numbers.iter().map(|number| instance_of_series(200_000, *number, 1)).collect();
    orthanc.fill(files.clone());
    takes_over(&config, orthanc.dimse, "get");
    leaves_the_images(&config);
    let hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let adapter = started(&config);
    crawl(&config, "start");
    let told = progress(&config, |told| told["ended_ms"].is_i64());
    assert_eq!(crate::crawl::numbers(&told, TOLD_AND_HERE), [40; 4], "{told}");
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
