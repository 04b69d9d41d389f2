//! A hospital with rules, who sends to it, and who gets copies.

use crate::{
    known,
    lanes::free_port,
    lost::one_hospital,
    world::{Daemon, Demo, peer_script, program, run, until},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What generated instances of [`Hospital::send`] are below.
const ROOT: &str = "1.2.826.0.1.3680043.10.1338.77";

pub fn study(number: u32) -> String {
    format!("{ROOT}.{number}")
}

/// A hospital whose adapter has rules and knows peers.
pub struct Hospital {
    pub demo: Demo,
    pub ae_title: String,
    config: PathBuf,
    token: String,
    adapter: Option<Daemon>,
}

impl Hospital {
    /// One that is up.
    pub fn start(rules: &str, peers: &[(&str, u16)]) -> Self {
        let mut hospital = Self::prepare(rules, peers);
        hospital.run_again();
        hospital
    }

    /// One that stands.
    pub fn prepare(rules: &str, peers: &[(&str, u16)]) -> Self {
        let demo = one_hospital();
        let config = demo.dir.join("hospital-01.toml");
        let mut table: toml::Table = fs::read_to_string(&config).unwrap().parse().unwrap();
        let peer = |(title, port): &(&str, u16)| {
            let address = format!("127.0.0.1:{port}");
            toml::Value::Table(
                [("ae_title".into(), (*title).into()), ("address".into(), address.into())].into_iter().collect(),
            )
        };
        table.insert("peers".into(), peers.iter().map(peer).collect::<Vec<_>>().into());
        let forwarding =
            [("first_retry_s".into(), 1.into()), ("longest_retry_s".into(), 2.into())].into_iter().collect();
        table.insert("forwarding".into(), toml::Value::Table(forwarding));
        let ae_title = table["dimse"]["ae_title"].as_str().unwrap().to_owned();
        fs::write(&config, toml::to_string(&table).unwrap()).unwrap();
        let token = run(program("adapter").arg("--config").arg(&config).args(["token", "create", "ris"]));
        let hospital = Self { demo, ae_title, config, token: token.trim().to_owned(), adapter: None };
        hospital.set_rules(rules);
        hospital
    }

    /// Rules from the next start on.
    pub fn set_rules(&self, rules: &str) {
        let mut table: toml::Table = fs::read_to_string(&self.config).unwrap().parse().unwrap();
        let rules: toml::Table = rules.parse().unwrap();
        table.insert("rules".into(), rules["rules"].clone());
        fs::write(&self.config, toml::to_string(&table).unwrap()).unwrap();
    }

    /// Starts the adapter and waits until it answers.
    pub fn run_again(&mut self) {
        let mut adapter = Daemon::start("adapter", &self.config);
        until("the adapter", || {
            let ended = adapter.has_ended();
            let log = || fs::read_to_string(self.config.with_extension("log")).unwrap_or_default();
            assert!(!ended, "the adapter ended: {}", log());
            known::status(&self.demo.site(0)["console"]).is_some()
        });
        self.adapter = Some(adapter);
    }

    pub fn restart(&mut self) {
        self.adapter.take().unwrap().stop();
        self.run_again();
    }

    pub fn kill(&mut self) {
        self.adapter.take().unwrap().kill();
    }

    /// Its command line.
    pub fn adapter(&self, arguments: &[&str]) -> String {
        run(program("adapter").arg("--config").arg(&self.config).args(arguments))
    }

    /// What its command line says when it does not do it.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = program("adapter").arg("--config").arg(&self.config).args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Its command line, of which nobody reads the answer.
    pub fn unheard(&self, arguments: &[&str]) {
        let mut command = program("adapter");
        command.arg("--config").arg(&self.config).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    }

    pub fn queue(&self) -> Value {
        serde_json::from_str(&self.adapter(&["queue", "--json"])).unwrap()
    }

    /// Lines of its feed.
    pub fn written(&self) -> u64 {
        known::status(&self.demo.site(0)["console"]).unwrap()["written"].as_u64().unwrap()
    }

    /// How many events of a kind its audit log has.
    pub fn audited(&self, what: &str) -> usize {
        let text = fs::read_to_string(self.demo.dir.join("hospital-01/audit/pacs-adapter.jsonl")).unwrap();
        text.lines().filter(|line| line.contains(&format!("\"what\":\"{what}\""))).count()
    }

    /// pynetdicom sends; the statuses that it is answered.
    pub fn send(&self, calling: &str, study: u32, more: &[&str]) -> Value {
        let to = self.demo.site(0)["dimse"].as_str().unwrap();
        let mut script = peer_script("route_copies.py");
        script.args(["send", "--to", to, "--called", &self.ae_title, "--calling", calling]);
        serde_json::from_str(&run(script.args(["--study", &study.to_string()]).args(more))).unwrap()
    }

    /// A folder of its own.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.demo.dir.join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// What files of a folder say.
    pub fn read(&self, folder: &str) -> Vec<Value> {
        read(&self.folder(folder))
    }

    fn curl(&self, path: &str, more: &[&str]) -> String {
        let address = format!("{}{path}", self.demo.site(0)["console"].as_str().unwrap());
        let bearer = format!("Authorization: Bearer {}", self.token);
        run(Command::new("curl").args(["-sS", "--noproxy", "*", "-H", &bearer]).args(more).arg(address))
    }

    pub fn metrics(&self) -> String {
        self.curl("metrics", &[])
    }

    /// What the hospital's door gives of a study; nothing when it is not there.
    pub fn given(&self, number: u32) -> Vec<Value> {
        let (zip, folder) = (self.demo.dir.join("given.zip"), self.folder("given"));
        fs::remove_dir_all(&folder).unwrap();
        let out = zip.to_str().unwrap();
        let path = format!("dicomweb/studies/{}", study(number));
        let status =
            self.curl(&path, &["-H", "Accept: application/zip; transfer-syntax=*", "-o", out, "-w", "%{http_code}"]);
        if status != "200" {
            assert_eq!(status, "404");
            return vec![];
        }
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&zip, &folder]));
        let flat = self.folder("flat");
        fs::remove_dir_all(&flat).unwrap();
        fs::create_dir(&flat).unwrap();
        flatten(&folder, &flat);
        read(&flat)
    }

    /// A file that the door gives of a study.
    pub fn file(&self, number: u32) -> PathBuf {
        assert!(!self.given(number).is_empty());
        fs::read_dir(self.demo.dir.join("flat")).unwrap().next().unwrap().unwrap().path()
    }
}

fn flatten(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            flatten(&path, to);
        } else if path.file_name().unwrap() != "DICOMDIR" {
            let name = path.strip_prefix("/").unwrap().to_string_lossy().replace('/', "_");
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn read(folder: &Path) -> Vec<Value> {
    serde_json::from_str(&run(peer_script("route_copies.py").arg("read").arg(folder))).unwrap()
}

/// pynetdicom's storage provider; it ends with this value.
pub struct Receiver {
    folder: PathBuf,
    process: Child,
}

impl Receiver {
    /// One that answers the instances of these numbers with these statuses, one after the other, and then takes them.
    pub fn start(title: &str, port: u16, folder: &Path, statuses: &Value) -> Self {
        let mut script = peer_script("route_copies.py");
        script.args(["receive", "--title", title, "--port", &port.to_string(), "--folder"]).arg(folder);
        script.args(["--statuses", &statuses.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = script.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "listens\n");
        Self { folder: folder.to_owned(), process }
    }

    pub fn taken(&self) -> usize {
        fs::read_dir(&self.folder).unwrap().count()
    }

    pub fn read(&self) -> Vec<Value> {
        read(&self.folder)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// DCMTK's storage provider; it ends with this value.
pub struct Storescp(Child);

impl Storescp {
    /// One that writes what it takes into a folder, as it came.
    pub fn start(port: u16, folder: &Path) -> Self {
        let mut command = Command::new("storescp");
        command.args(["-aet", "READING", "+B", "-uf", "-od"]).arg(folder).arg(port.to_string());
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("storescp", || {
            assert!(process.try_wait().unwrap().is_none(), "storescp ended");
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        Self(process)
    }

    /// Ends it in the middle of whatever it does.
    pub fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Storescp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Orthanc as a destination; it ends with this value.
pub struct Orthanc {
    pub port: u16,
    http: u16,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Orthanc {
    /// `None`, said or failed, when there is no Orthanc.
    pub fn start() -> Option<Self> {
        const PROGRAM: &str = "/usr/sbin/Orthanc";
        if !Path::new(PROGRAM).exists() {
            assert!(std::env::var("DICOM_CASES_REQUIRED").as_deref() != Ok("1"), "Orthanc is required and not here");
            eprintln!("LEFT OUT: Orthanc is missing");
            return None;
        }
        let (folder, port, http) = (tempfile::tempdir().unwrap(), free_port(), free_port());
        let settings = serde_json::json!({
            "StorageDirectory": folder.path(), "IndexDirectory": folder.path(), "DicomPort": port, "HttpPort": http,
            "DicomAet": "ORTHANC", "DicomAlwaysAllowStore": true, "RemoteAccessAllowed": false, "OrthancExplorer2": {},
        });
        let file = folder.path().join("orthanc.json");
        fs::write(&file, settings.to_string()).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg(&file).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let process = command.spawn().unwrap();
        until("Orthanc", || [port, http].iter().all(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok()));
        Some(Self { port, http, process, _folder: folder })
    }

    /// SOP Instance UIDs of what it has.
    pub fn instances(&self) -> BTreeSet<String> {
        let address = format!("http://127.0.0.1:{}/instances?expand&limit=1000000&since=0", self.http);
        let text = run(Command::new("curl").args(["-sS", "--noproxy", "*", &address]));
        let told: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let uid = |one: &Value| one["MainDicomTags"]["SOPInstanceUID"].as_str().unwrap().to_owned();
        told.iter().map(uid).collect()
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
