//! Orthanc as an old archive, and a hospital whose adapter asks it.

use crate::{
    lanes::free_port,
    world::{Daemon, Demo, program, run, until},
};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use test_data::{
    generator::{instance_of_series, instance_of_size, load_date},
    sender::{Peer, Source, send},
};

const ORTHANC: &str = "/usr/sbin/Orthanc";
/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(120);

/// The old archive; it ends with this value.
pub struct Orthanc {
    pub dimse: SocketAddr,
    http: u16,
    process: Child,
}

impl Orthanc {
    /// A port that was free may be taken by then: another is tried.
    pub fn start(folder: &Path, more: Value, destination: u16) -> Self {
        let tries = (0..5).find_map(|_| Self::try_start(folder, &more, destination));
        tries.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.join("orthanc.log")).unwrap_or_default()))
    }

    fn try_start(folder: &Path, more: &Value, destination: u16) -> Option<Self> {
        let (port, http) = (free_port(), free_port());
        let mut settings = json!({
            "StorageDirectory": folder.join("orthanc"), "IndexDirectory": folder.join("orthanc"), "DicomPort": port,
            "DicomAet": "OLDPACS", "HttpPort": http, "OverwriteInstances": true, "DicomAlwaysAllowGet": true,
            "DicomAlwaysAllowFind": true, "DicomAlwaysAllowMove": true, "SyncStorageArea": false,
            "DicomModalities": { "adapter": ["CRAWLER", "127.0.0.1", destination] },
        });
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
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
        (!ended).then_some(Self { dimse, http, process })
    }

    /// Deletes a study, by its UID.
    pub fn delete(&self, study: &str) {
        let found = self.ask("POST", "/tools/lookup", study);
        let path = found[0]["Path"].as_str().unwrap_or_else(|| panic!("{study} is not there: {found}"));
        self.ask("DELETE", path, "");
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.http)).unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.0\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Puts files in; what is there under the same UID is overwritten.
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
pub fn dated(number: u64, date: &str) -> Vec<u8> {
    let mut file = instance_of_series(4000, number, 1);
    let element = [b"\x08\x00\x20\x00DA\x08\x00".as_slice(), load_date(number / 4).as_bytes()].concat();
    let at = file.windows(element.len()).position(|bytes| bytes == element).expect("a study date");
    let mut new = b"\x08\x00\x20\x00DA".to_vec();
    new.extend_from_slice(&(date.len() as u16).to_le_bytes());
    new.extend_from_slice(date.as_bytes());
    file.splice(at..at + element.len(), new);
    file
}

/// A hospital that has joined and stands, and its configuration.
pub fn hospital() -> (Demo, PathBuf) {
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
pub fn takes_over(config: &Path, archive: SocketAddr, how: &str) {
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

pub fn crawl(config: &Path, word: &str) -> String {
    run(program("adapter").arg("--config").arg(config).arg("crawl").args(word.split(' ')))
}

pub fn report(config: &Path) -> Value {
    serde_json::from_str(&crawl(config, "report --json")).unwrap()
}

/// Looks until it is so; fails when nothing more comes.
#[allow(clippy::disallowed_methods, reason = "a test's patience")]
pub fn progress(config: &Path, there: impl Fn(&Value) -> bool) -> Value {
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

pub fn started(config: &Path) -> Daemon {
    let mut adapter = Daemon::start("adapter", config);
    let there = || program("adapter").arg("--config").arg(config).args(["crawl", "status"]).output().unwrap();
    until("the adapter", || {
        let ended = adapter.has_ended();
        assert!(!ended, "the adapter ended: {}", fs::read_to_string(config.with_extension("log")).unwrap_or_default());
        there().status.success()
    });
    adapter
}

pub fn numbers(report: &Value, names: [&str; 4]) -> [u64; 4] {
    names.map(|name| report[name].as_u64().unwrap_or_else(|| panic!("{name}: {report}")))
}

/// The port of the first hospital's listener for DIMSE.
pub fn port_of(demo: &Demo) -> u16 {
    demo.site(0)["dimse"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

pub const TOLD_AND_HERE: [&str; 4] = ["studies_told", "instances_told", "studies_arrived", "instances_arrived"];

/// Says so, or fails, when there is no such program.
pub fn is_missing() -> bool {
    if Path::new(ORTHANC).exists() {
        return false;
    }
    assert!(std::env::var("DICOM_CASES_REQUIRED").as_deref() != Ok("1"), "Orthanc is required and not here");
    eprintln!("LEFT OUT: Orthanc is missing");
    true
}
