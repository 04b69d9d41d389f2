//! Orthanc as a process of ours, with a folder of its own.

use crate::children::free_port;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::{
    fs::File,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Where Debian has the program and the plugin.
const PROGRAM: &str = "/usr/sbin/Orthanc";
const PLUGIN: &str = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// The program, when it and its plugin are there.
pub fn installed() -> Option<PathBuf> {
    (Path::new(PROGRAM).exists() && Path::new(PLUGIN).exists()).then(|| PROGRAM.into())
}

/// A running Orthanc; it ends with this value.
pub struct Orthanc {
    /// Where HTTP goes.
    pub http: SocketAddr,
    /// Where associations go.
    pub dimse: SocketAddr,
    /// What it says it is.
    pub version: String,
    process: Child,
}

impl Orthanc {
    /// Its application entity title.
    pub const AE_TITLE: &str = "ORTHANC";

    /// Starts it in a folder and waits until it listens.
    pub fn start(program: &Path, place: &Path) -> Result<Self> {
        let (http, dimse) = (free_port()?, free_port()?);
        let store = place.join("orthanc");
        std::fs::create_dir(&store)?;
        // but for who may ask, everything else is as Orthanc has it by default
        let settings = json!({
            "StorageDirectory": store, "IndexDirectory": store, "Plugins": [PLUGIN],
            "HttpPort": http.port(), "DicomPort": dimse.port(), "DicomAet": Self::AE_TITLE,
            "DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": true,
            "DicomWeb": { "Enable": true, "Root": "/dicom-web/" },
        });
        let file = place.join("orthanc.json");
        std::fs::write(&file, settings.to_string())?;
        let log = File::create(place.join("orthanc.log"))?;
        let mut command = Command::new(program);
        command.arg(&file).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let process = command.spawn().context("Orthanc cannot be started")?;
        let mut this = Self { http, dimse, version: version(program), process };
        for address in [http, dimse] {
            this.listens(address)?;
        }
        Ok(this)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    fn listens(&mut self, address: SocketAddr) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if self.process.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("Orthanc does not listen on {address}");
            }
            sleep(LOOK);
        }
        Ok(())
    }
}

impl Drop for Orthanc {
    fn drop(&mut self) {
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("Orthanc").to_owned()
}
