//! Regions for tests: the demo as a process, and its parts started one by one so that they can be killed.

use crate::lanes::Lane;
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long anything may take to start, stop or be known.
const PATIENCE: Duration = Duration::from_secs(120);

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate lies in the workspace").to_owned()
}

/// The shared cases; `None` when they are not here, which is an error where they are required.
pub fn cases() -> Option<PathBuf> {
    let path = std::env::var_os("DICOM_CASES").map_or_else(|| root().join("../shared/dicom"), PathBuf::from);
    if path.join("manifest.json").exists() {
        return Some(path);
    }
    assert!(std::env::var("DICOM_CASES_REQUIRED").as_deref() != Ok("1"), "the shared cases are required and not here");
    eprintln!("left out: the shared cases are not here");
    None
}

/// The interpreter with the peers' packages: `PEERS_PYTHON`, or the project's own environment.
pub fn python() -> PathBuf {
    std::env::var_os("PEERS_PYTHON").map_or_else(|| root().join(".venv/bin/python"), PathBuf::from)
}

/// A script of `tests/peers`.
pub fn peer_script(name: &str) -> Command {
    let mut command = Command::new(python());
    command.arg(root().join("test-data/tests/peers").join(name));
    command
}

/// This package's binary as `demo`, `hub` or `adapter`.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_test-data"));
    command.arg(name);
    command
}

/// Runs a command to its end and gives its standard output; fails with everything it said.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed\n{text}\n{errors}");
    text
}

/// Looks until it is so.
#[allow(clippy::disallowed_methods, reason = "a test's patience")]
pub fn until(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        sleep(Duration::from_millis(20));
    }
}

/// A demo that runs.
pub struct Demo {
    pub ready: Value,
    pub dir: PathBuf,
    pub ready_file: PathBuf,
    environment: Vec<(String, String)>,
    process: Option<Child>,
    _folder: TempDir,
    lane: Lane,
}

impl Demo {
    /// Starts a demo with further arguments and waits until everything answers.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// As [`Self::start`], with more in the environment, which goes before the hub's configuration.
    pub fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let lane = Lane::take();
        let folder = tempfile::tempdir().expect("a folder");
        let (dir, ready_file) = (folder.path().join("region"), folder.path().join("ready.json"));
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let ready = Value::Null;
        let mut demo = Self { ready, dir, ready_file, environment, process: None, _folder: folder, lane };
        demo.start_again(arguments);
        demo
    }

    /// Starts it again in the same folder.
    pub fn start_again(&mut self, arguments: &[&str]) {
        let _ = fs::remove_file(&self.ready_file);
        let mut command = program("demo");
        command.arg("--port-offset").arg(self.lane.port_offset());
        command.arg("--dir").arg(&self.dir).arg("--ready-file").arg(&self.ready_file).args(arguments);
        if !arguments.iter().any(|argument| argument.starts_with("--viewer")) {
            command.arg("--viewer=off");
        }
        command.envs(self.environment.iter().cloned());
        let log = File::create(self.ready_file.with_extension("log")).expect("a log");
        command.stdout(log.try_clone().expect("one log")).stderr(log);
        let mut process = command.spawn().expect("the demo starts");
        until("the region", || {
            let ended = process.try_wait().expect("our own process");
            let log = || fs::read_to_string(self.ready_file.with_extension("log")).unwrap_or_default();
            assert!(ended.is_none(), "the demo ended: {}", log());
            self.ready_file.exists()
        });
        self.process = Some(process);
        self.ready = serde_json::from_str(&fs::read_to_string(&self.ready_file).expect("a file")).expect("JSON");
    }

    /// Stops it by SIGTERM and waits.
    pub fn stop(&mut self) {
        self.stop_by("-TERM");
    }

    /// Stops it by a signal and waits.
    pub fn stop_by(&mut self, signal: &str) {
        let Some(mut process) = self.process.take() else { return };
        run(Command::new("kill").arg(signal).arg(process.id().to_string()));
        until("the end of the demo", || process.try_wait().expect("our own process").is_some());
    }

    /// One site of the ready file.
    pub fn site(&self, number: usize) -> &Value {
        &self.ready["sites"][number]
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // its children hang on its pipes and end with it
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// `host` and `port` of an address, as DCMTK wants them.
pub fn host_port(address: &Value) -> [String; 2] {
    let (host, port) = address.as_str().expect("an address").rsplit_once(':').expect("a port");
    [host.to_owned(), port.to_owned()]
}

/// One process of a region, started with the demo's configuration of it.
pub struct Daemon {
    process: Child,
}

impl Daemon {
    /// Starts `hub` or `adapter` with a configuration file.
    pub fn start(name: &str, config: &Path) -> Self {
        Self::start_as(name, "serve", config)
    }

    /// Starts it with another of its commands that go on until they are told to stop.
    pub fn start_as(name: &str, subcommand: &str, config: &Path) -> Self {
        let log = File::options().create(true).append(true).open(config.with_extension("log")).expect("a log");
        let mut command = program(name);
        command.arg("--config").arg(config).args([subcommand, "--follow-parent"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        Self { process: command.spawn().expect("it starts") }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().expect("our own process").is_some()
    }

    /// SIGTERM, and waits for its end.
    pub fn stop(mut self) {
        run(Command::new("kill").arg(self.process.id().to_string()));
        until("the end of a daemon", || self.process.try_wait().expect("our own process").is_some());
    }

    /// SIGKILL, now.
    pub fn kill(mut self) {
        self.process.kill().expect("our own process");
        self.process.wait().expect("our own process");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command line of a demo's hub.
pub fn hub(demo: &Demo) -> Command {
    let mut command = program("hub");
    command.arg("--config").arg(demo.dir.join("hub.toml"));
    command
}

/// Makes a site that the hub holds; the folder of its machine's certificate.
pub fn centre(demo: &Demo) -> PathBuf {
    let out = demo.dir.join("centre");
    run(hub(demo).args(["site", "add", "centre", "--name", "Health centre", "--held-by-hub"]));
    run(hub(demo).args(["client", "issue", "ct", "--site", "centre", "--out"]).arg(&out));
    let listed = run(hub(demo).args(["site", "list"]));
    assert!(listed.contains("centre\tHealth centre\t0 studies\t0 instances\theld by the hub"), "{listed}");
    out
}

/// Writes a JSON file.
pub fn write_json(path: &Path, value: &Value) {
    let mut file = File::create(path).expect("a file");
    file.write_all(value.to_string().as_bytes()).expect("written");
}
