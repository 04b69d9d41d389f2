//! Sign-in and bearer tokens by a real identity provider.

use crate::{
    lanes::free_port,
    world::{Demo, peer_script, root, run},
};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

/// A provider of `tests/peers/identity` that runs.
struct Identity {
    process: Child,
    /// What it printed: its issuer and its tokens.
    said: String,
    /// Its output, open as long as it runs: it says a word now and then, and ends when nobody takes it.
    _lines: BufReader<ChildStdout>,
}

impl Identity {
    fn start(port: u16, redirect_uris: &[String]) -> Self {
        let folder = root().join("test-data/tests/peers/identity");
        if !folder.join("node_modules").exists() {
            run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder));
        }
        let mut node = Command::new("node");
        node.arg("serve.mjs").arg(port.to_string()).args(redirect_uris).current_dir(&folder);
        let mut process = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node is here");
        let mut said = String::new();
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe"));
        while !said.starts_with('{') {
            said.clear();
            assert!(lines.read_line(&mut said).expect("a line") > 0, "the provider ended");
        }
        Self { process, said, _lines: lines }
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn people_and_scripts_come_in_by_the_identity_provider() {
    let port = free_port();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    fs::write(secret.path(), "a secret/of + two\n").expect("written");
    let issuer = format!("http://127.0.0.1:{port}");
    let file = secret.path().to_string_lossy().into_owned();
    let demo = Demo::start_with(
        &["--sites", "1"],
        &[
            ("HUB_OIDC__ISSUER", &issuer),
            ("HUB_OIDC__LABEL", "the region"),
            ("HUB_OIDC__CLIENT_SECRET_FILE", &file),
            ("HUB_OIDC__AUDIENCE", "imaging-hub"),
            ("HUB_OIDC__ROLES__RADIOLOGIST", "[\"doctors\"]"),
            ("HUB_OIDC__ROLES__OPERATOR", "[\"it\"]"),
            ("HUB_DICOMWEB__ALLOWED_ORIGINS", "[\"https://viewer.example\"]"),
        ],
    );
    let web = demo.ready["hub"]["web"].as_str().expect("an address");
    let identity = Identity::start(port, &[format!("{web}oidc/callback")]);
    let mut script = peer_script("sign_in_by_provider.py");
    script.arg("--ready").arg(&demo.ready_file).args(["--provider", identity.said.trim()]);
    eprintln!("{}", run(&mut script));
    let audit = fs::read_to_string(demo.dir.join("hub/audit/hub.jsonl")).expect("the audit log");
    let signed_in = |line: &&str| line.contains("user:anna@127.0.0.1:radiologist") && line.contains("sign_in");
    assert_eq!(audit.lines().filter(signed_in).count(), 1, "the sign-in names the provider's subject");
    assert!(audit.lines().any(|line| line.contains("sign_in") && line.contains("denied")), "the refusal is there");
}
