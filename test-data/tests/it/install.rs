//! The page that connects a hospital works as it is written: its commands in their order, with its settings.
//!
//! What needs root, systemd or the network of Debian is played: `sudo` does not become anybody, `systemctl` starts what the unit
//! says, and paths of the system lie below a folder. Ports are free ones. The door with TLS needs the hospital's own authority, and
//! the other way to hold images another hospital: those settings are left out.

use crate::{
    ask, known,
    lanes::free_address,
    lost::one_hospital,
    old_pacs::{self, Orthanc},
    world::{Daemon, Demo, program, root, run, until},
};
use serde_json::json;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    process::Command,
};
use test_data::generator::{instance_of_size, place_of};

/// What stands for the parts of a machine that a test has not.
const MACHINE: &str = r#"
shopt -s expand_aliases
sudo() { if [ "$1" = -u ]; then shift 2; fi; "$@"; }
apt() { :; }
cargo() { :; }
useradd() { :; }
install() {
    local kept=()
    while [ $# -gt 0 ]; do
        case $1 in -o | -g) shift ;; *) kept+=("$1") ;; esac
        shift
    done
    command install "${kept[@]}"
}
begin() {
    local line
    line=$(sed -n 's/^ExecStart=//p' "$ROOT/etc/systemd/system/pacs-adapter.service")
    setsid "$ROOT"${line// \// $ROOT/} >>"$ROOT/log" 2>&1 </dev/null &
    echo $! >"$ROOT/pid"
    # a person who reads the page is slower than the lines to the hub
    for _ in $(seq 600); do
        if curl -fs "$LAN/readyz" >/dev/null && is_told; then return; fi
        sleep 0.1
    done
    cat "$ROOT/log"
    return 1
}
is_told() {
    local status
    status=$(curl -fs "$LAN/status")
    [[ $status == *'"channel_connected":true'* ]] && [ "$(number written)" = "$(number held)" ]
}
number() { sed -E "s/.*\"$1\":([0-9]+).*/\1/" <<<"$status"; }
end() {
    kill "$(cat "$ROOT/pid")"
    while kill -0 "$(cat "$ROOT/pid")" 2>/dev/null; do sleep 0.1; done
}
systemctl() {
    case "$*" in
        daemon-reload) ;;
        "enable --now pacs-adapter") begin ;;
        "restart pacs-adapter") end && begin ;;
        *) return 1 ;;
    esac
}
"#;

/// A machine that is to become a hospital's.
struct Machine {
    root: PathBuf,
    /// What stands in the page, and what stands for it here.
    here: Vec<(String, String)>,
    /// The page's word for the program, once it was said.
    alias: String,
}

impl Machine {
    /// The project's folder as the page finds it: built, with an image at hand.
    fn new(demo: &Demo, code: &str, pacs: &Orthanc) -> Self {
        let root = demo.dir.join("machine");
        let built = root.join("project/target/release/pacs-adapter");
        fs::create_dir_all(built.parent().unwrap()).unwrap();
        fs::write(&built, format!("#!/bin/sh\nexec {} adapter \"$@\"\n", env!("CARGO_BIN_EXE_test-data"))).unwrap();
        fs::set_permissions(&built, fs::Permissions::from_mode(0o755)).unwrap();
        symlink(crate::world::root().join("config"), root.join("project/config")).unwrap();
        for folder in ["usr/local/bin", "etc/systemd/system", "var/lib", "srv", "mnt/archive"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("project/image.dcm"), instance_of_size(50_000, IMAGE)).unwrap();
        fs::write(root.join("mnt/archive/1.dcm"), instance_of_size(50_000, ARCHIVED)).unwrap();
        let (dimse, lan) = (free_address(), free_address());
        let below = |path: &str| (path.to_owned(), root.join(&path[1..]).display().to_string());
        let mut here: Vec<_> = ["/usr/local/", "/var/lib/", "/etc/", "/mnt/", "/srv/"].map(below).into();
        here.extend([
            ("'hub1.…'".to_owned(), code.to_owned()),
            ("127.0.0.1 11112".to_owned(), format!("127.0.0.1 {}", dimse.port())),
            ("127.0.0.1:8101".to_owned(), lan.to_string()),
            ("10.1.2.9:104".to_owned(), pacs.dimse.to_string()),
            ("1.2.840…".to_owned(), place_of(IMAGE, 100).study),
            ("'WANG*'".to_owned(), "'LOAD*'".to_owned()),
            ("0.0.0.0:11112".to_owned(), dimse.to_string()),
        ]);
        Self { root, here, alias: String::new() }
    }

    fn lan(&self) -> String {
        self.here.iter().find(|(there, _)| there == "127.0.0.1:8101").map(|(_, here)| format!("http://{here}")).unwrap()
    }

    fn translated(&self, text: &str) -> String {
        self.here.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here))
    }

    /// Runs a block of commands; what they said.
    fn run(&mut self, block: &str) -> String {
        let block = self.translated(block);
        if block.starts_with("alias ") {
            self.alias = block;
            return String::new();
        }
        let mut bash = Command::new("bash");
        bash.args(["-eu", "-o", "pipefail", "-c", &[MACHINE, &self.alias, &block].join("\n")]);
        run(bash.current_dir(self.root.join("project")).env("ROOT", &self.root).env("LAN", self.lan()))
    }

    /// Adds settings of the page to the configuration, which has every key.
    fn set(&self, settings: &str) {
        let path = self.root.join("etc/pacs-adapter/pacs-adapter.toml");
        let mut config: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        merge(&mut config, toml::from_str(&self.translated(settings)).unwrap());
        // where this machine differs from a hospital's
        let own = "dir = '/var/lib/pacs-adapter'\n[dimse]\nlisten = '0.0.0.0:11112'\n[lan]\nlisten = '127.0.0.1:8101'\n[watch]\nquiet_s = 1";
        merge(&mut config, toml::from_str(&self.translated(own)).unwrap());
        fs::write(path, toml::to_string(&config).unwrap()).unwrap();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.root.join("pid")) {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

/// Sections are joined and lists grow, as somebody would do it who reads the page.
fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) => merge(into, from),
            (Some(toml::Value::Array(into)), toml::Value::Array(from)) => into.extend(from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

const IMAGE: u64 = 5_000_000;
const ARCHIVED: u64 = 6_000_000;
const OLD: u64 = 7_000_000;
const WATCHED: u64 = 8_000_000;

/// Every fenced block with its language, in order.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let inner = text.split("\n```").skip(1).step_by(2);
    inner.filter_map(|block| block.split_once('\n')).collect()
}

fn is_found(demo: &Demo, number: u64) -> bool {
    let query = format!("/studies?StudyInstanceUID={}", place_of(number, 100).study);
    ask::hub(demo, &query).is_some_and(|found| found.as_array().is_some_and(|found| found.len() == 1))
}

#[test]
fn the_page_for_hospitals_works_as_written() {
    if old_pacs::is_missing() {
        return;
    }
    let demo = one_hospital();
    let _hub = Daemon::start("hub", &demo.dir.join("hub.toml"));
    let invite =
        || program("hub").arg("--config").arg(demo.dir.join("hub.toml")).args(["site", "invite", "late"]).output();
    let mut code = String::new();
    until("the hub", || {
        let told = invite().unwrap();
        code = String::from_utf8_lossy(&told.stdout).trim().to_owned();
        told.status.success()
    });
    let pacs = Orthanc::start(&demo.dir, json!({}), 1);
    pacs.fill(vec![instance_of_size(50_000, OLD)]);
    let mut machine = Machine::new(&demo, &code, &pacs);
    let page = fs::read_to_string(root().join("pacs-adapter/docs/install.md")).unwrap();
    let mut said = String::new();
    for (language, block) in blocks(&page) {
        match language {
            "sh" => said += &machine.run(block),
            "toml" if block.contains("[dimse.tls]") || block.contains("index-only") => {}
            "toml" => machine.set(block),
            _ => {}
        }
    }
    for word in ["joined as late", "\"ae_title\":\"HOSPITAL01\"", "STORESCU may call from 127.0.0.1", "1 stored"] {
        assert!(said.contains(word), "{word} was not said:\n{said}");
    }
    let got = fs::read_dir(machine.root.join("project")).unwrap().map(|file| file.unwrap().file_name());
    let instance = place_of(IMAGE, 100).instance;
    assert!(got.into_iter().any(|name| name.to_string_lossy().ends_with(&instance)), "getscu got nothing");
    fs::write(machine.root.join("srv/incoming/1.dcm"), instance_of_size(50_000, WATCHED)).unwrap();
    known::wait_for(&machine.lan().into());
    for number in [IMAGE, ARCHIVED, OLD, WATCHED] {
        until("a study at the hub", || is_found(&demo, number));
    }
}
