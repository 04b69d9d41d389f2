//! Peers that are programs of others: started on a free port, ended by their pid.

use crate::files::leave_out;
use imaging_domain::AeTitle;
use pacs_adapter::Peer;
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program that takes associations; it ends with this value.
pub struct Program {
    pub peer: Peer,
    pub dir: TempDir,
    process: Child,
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

pub fn peer(ae_title: &str, port: u16) -> Peer {
    let (ae_title, address) = (AeTitle::parse(ae_title).unwrap(), format!("127.0.0.1:{port}"));
    Peer { ae_title, address, from: Vec::new(), certificate: None, tls: false }
}

impl Program {
    /// Starts what `command` makes of a folder and a port; `None`, said or failed, when there is no such program. A port
    /// that somebody else takes between its choice and its use is chosen again.
    pub fn start(name: &str, ae_title: &str, command: impl Fn(&Path, u16) -> Command) -> Option<Self> {
        for _ in 0..5 {
            let (dir, port) = (tempfile::tempdir().unwrap(), free_port());
            let mut command = command(dir.path(), port);
            let log = File::create(dir.path().join("log")).unwrap();
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
            let Ok(process) = command.spawn() else {
                leave_out(name);
                return None;
            };
            let mut this = Self { peer: peer(ae_title, port), dir, process };
            if this.listens(name) {
                return Some(this);
            }
        }
        panic!("{name} finds no free port");
    }

    /// Waits until it listens; `false` when its port was taken.
    fn listens(&mut self, name: &str) -> bool {
        let begun = Instant::now();
        while self.process.try_wait().unwrap().is_none() {
            if TcpStream::connect(&self.peer.address).is_ok() {
                return true;
            }
            assert!(begun.elapsed() < PATIENCE, "{name} does not listen: {}", self.log());
            sleep(Duration::from_millis(20));
        }
        let log = self.log();
        assert!(log.contains("in use"), "{name} has ended: {log}");
        false
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// DCMTK's storage provider; what it takes in lies in its folder, as it came.
    pub fn storescp(options: &[&str]) -> Option<Self> {
        Self::start("storescp", "STORESCP", |dir, port| {
            let mut command = Command::new("storescp");
            command.args(["-v", "-aet", "STORESCP", "+B", "-od"]).arg(dir).args(options).arg(port.to_string());
            command
        })
    }

    /// Orthanc as it comes, with a peer of this title at this port as one it may send to.
    pub fn orthanc(known: Option<(&str, u16)>) -> Option<Self> {
        Self::orthanc_at(known, None)
    }

    /// The same, with its REST interface at a port.
    pub fn orthanc_at(known: Option<(&str, u16)>, http: Option<u16>) -> Option<Self> {
        let (has_http, http) = (http.is_some(), http.unwrap_or_default());
        Self::start("Orthanc", "ORTHANC", |dir, port| {
            let modalities = known.map(|(title, port)| format!(r#""known": ["{title}", "127.0.0.1", {port}]"#));
            let settings = format!(
                r#"{{ "StorageDirectory": "{0}", "IndexDirectory": "{0}", "DicomPort": {port}, "DicomAet": "ORTHANC",
                "HttpServerEnabled": {has_http}, "HttpPort": {http}, "DicomAlwaysAllowGet": true, "DicomAlwaysAllowFind": true,
                "DicomAlwaysAllowMove": true, "DicomAlwaysAllowStore": true, "DicomModalities": {{ {1} }} }}"#,
                dir.join("store").display(),
                modalities.unwrap_or_default(),
            );
            let file = dir.join("orthanc.json");
            fs::write(&file, settings).unwrap();
            let mut command = Command::new("/usr/sbin/Orthanc");
            command.arg(file);
            command
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
