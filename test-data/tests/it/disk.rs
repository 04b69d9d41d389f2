//! A disk that becomes full under a running adapter, again and again.

use crate::{
    lost::one_hospital,
    world::{Daemon, Demo, host_port, program, run, until},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use test_data::{generator::instance_of_size, sender::read_meta};

const SIZE: usize = 200_000;
const MEBIBYTE: u64 = 1 << 20;
/// Of the mounted disk, and what of it the adapter keeps free.
const DISK_MB: u64 = 96;
const RESERVE_MB: u64 = 24;

/// A small disk of its own in place of a folder; it goes with this value.
struct Mounted(PathBuf);

impl Mounted {
    /// `None`, said, where mounting is not allowed.
    fn over(folder: &Path) -> Option<Self> {
        let aside = folder.with_extension("aside");
        run(Command::new("cp").arg("-a").args([folder, &aside]));
        let size = format!("size={DISK_MB}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status();
        if !mount.is_ok_and(|status| status.success()) {
            eprintln!("left out: no disk can be mounted here");
            return None;
        }
        let this = Self(folder.to_owned());
        run(Command::new("cp").arg("-a").arg(aside.join(".")).arg(folder));
        Some(this)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn free_bytes(folder: &Path) -> u64 {
    let text = run(Command::new("df").args(["--output=avail", "-B1"]).arg(folder));
    text.lines().nth(1).and_then(|line| line.trim().parse().ok()).expect("a number")
}

/// What storescu hears of an instance.
fn answer(demo: &Demo, number: u64) -> String {
    let path = demo.dir.join("sent.dcm");
    fs::write(&path, instance_of_size(SIZE, number)).expect("written");
    let mut command = Command::new("storescu");
    let output = command.args(["-v", "-aec", "ANY"]).args(host_port(&demo.site(0)["dimse"])).arg(path).output();
    let output = output.expect("storescu");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find(|line| line.contains("Received Store Response"));
    line.unwrap_or_else(|| panic!("no answer: {text}")).to_owned()
}

fn is_found(demo: &Demo, number: u64, bearer: &str) -> bool {
    let uid = read_meta(&instance_of_size(SIZE, number)).expect("a file").sop_instance;
    let address = demo.site(0)["console"].as_str().expect("an address");
    let address = format!("{address}dicomweb/instances?SOPInstanceUID={uid}");
    run(Command::new("curl").args(["-sS", "--noproxy", "*", "-H", bearer, &address])).contains(uid.as_str())
}

fn is_ready(demo: &Demo) -> bool {
    let address = format!("{}readyz", demo.site(0)["console"].as_str().expect("an address"));
    let write = ["-sS", "--noproxy", "*", "-w", "%{http_code}", &address];
    match run(Command::new("curl").args(write)).as_str() {
        "ready\n200" => true,
        "not ready\n503" => false,
        other => panic!("{other}"),
    }
}

fn start(demo: &Demo) -> Daemon {
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    let [host, port] = host_port(&demo.site(0)["dimse"]);
    until("the adapter", || Command::new("echoscu").args([&host, &port]).status().is_ok_and(|status| status.success()));
    adapter
}

/// Small marks for a small disk.
fn set_marks(file: &Path) {
    let mut settings = fs::read_to_string(file).expect("settings");
    for (key, default, mebibytes) in [("reserve_bytes", 1 << 30, RESERVE_MB), ("resume_bytes", 256 << 20, 4)] {
        let line = format!("{key} = {default}");
        assert!(settings.contains(&line), "{line}");
        settings = settings.replace(&line, &format!("{key} = {}", mebibytes * MEBIBYTE));
    }
    fs::write(file, settings).expect("written");
}

/// Takes all of the disk but so many bytes; the adapter goes on writing meanwhile, so that what was free may be gone.
fn fill(folder: &Path, leave: u64) -> PathBuf {
    let ballast = folder.join("ballast");
    until("the disk filled", || {
        let size = free_bytes(folder).saturating_sub(leave).to_string();
        size == "0"
            || Command::new("fallocate").args(["-l", &size]).arg(&ballast).status().is_ok_and(|status| status.success())
    });
    ballast
}

#[test]
fn a_full_disk_is_told_before_an_image_is_sent_and_nothing_acknowledged_is_missing() {
    let fills = std::env::var("FILLS").map_or(6, |text| text.parse().expect("a number"));
    let demo = one_hospital();
    let file = demo.dir.join("hospital-01.toml");
    set_marks(&file);
    let folder = demo.dir.join("hospital-01");
    let Some(_mounted) = Mounted::over(&folder) else { return };
    let token = run(program("adapter").arg("--config").arg(&file).args(["token", "create", "ris"]));
    let bearer = format!("Authorization: Bearer {}", token.trim());
    let adapter = start(&demo);
    let mut acknowledged = vec![];
    for at in 0..fills {
        until("room", || {
            let answer = answer(&demo, 2 * at);
            assert!(answer.contains("Success") || answer.contains("Refused: OutOfResources"), "{answer}");
            answer.contains("Success")
        });
        acknowledged.push(2 * at);
        // into the reserve, and every other time to the last byte
        let is_whole = at % 2 == 1;
        let ballast = fill(&folder, if is_whole { 0 } else { (RESERVE_MB - 4) * MEBIBYTE });
        // what the disk said holds for a moment, for which the reserve is there
        until("word of the disk", || !is_ready(&demo));
        let answer = answer(&demo, 2 * at + 1);
        assert!(answer.contains("Refused: OutOfResources"), "{answer}");
        if !is_whole {
            assert!(is_found(&demo, 2 * at, &bearer), "what is there is given");
            assert!(!is_found(&demo, 2 * at + 1, &bearer), "what was refused is not there");
        }
        fs::remove_file(&ballast).expect("removed");
    }
    until("readiness", || is_ready(&demo));
    adapter.stop();
    let adapter = start(&demo);
    for number in &acknowledged {
        assert!(is_found(&demo, *number, &bearer), "{number}");
    }
    eprintln!("{fills} times full: all of {} acknowledged instances are there", acknowledged.len());
    adapter.stop();
}

/// A quota says as much as a full disk does, and it is shown.
#[test]
fn an_adapter_at_its_quota_is_not_ready() {
    let demo = one_hospital();
    let file = demo.dir.join("hospital-01.toml");
    set_marks(&file);
    let settings = fs::read_to_string(&file).expect("settings");
    let quota = 8 * MEBIBYTE;
    assert!(settings.contains("quota_bytes = 0"));
    fs::write(&file, settings.replace("quota_bytes = 0", &format!("quota_bytes = {quota}"))).expect("written");
    let adapter = start(&demo);
    assert!(is_ready(&demo));
    let mut number = 0;
    until("the quota", || {
        number += 1;
        answer(&demo, number).contains("Refused: OutOfResources")
    });
    assert!(!is_ready(&demo));
    let status = run(program("adapter").arg("--config").arg(&file).arg("status"));
    assert!(status.contains("quota 8.0 MB; FULL: nothing more is taken in"), "{status}");
    adapter.stop();
}
