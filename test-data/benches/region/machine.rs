//! What is measured on.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::Path,
    process::Command,
    thread::{available_parallelism, sleep},
    time::Duration,
};

/// How long a process that rests does nothing, longer than a series must be quiet to be made ready; and how often is looked.
const RESTING: Duration = Duration::from_secs(6);
const RESTING_LOOKS: u32 = 200;

/// Cores of this machine.
pub fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// One line: cores, processor, memory, file system of a folder, compiler.
pub fn line(folder: &Path) -> String {
    let processor = value("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.into());
    let memory = value("/proc/meminfo", "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    let memory = memory.map_or_else(String::new, |kilobytes| format!(", {} GiB", kilobytes >> 20));
    let compiler = Command::new("rustc").arg("--version").output().ok().filter(|output| output.status.success());
    let compiler = compiler
        .map_or_else(|| "rustc unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!("{} cores ({processor}){memory}, {}, {compiler}", cores(), file_system(folder))
}

/// CPU time that a process has taken so far, in milliseconds; in steps of 10.
pub fn cpu_ms(pid: u32) -> f64 {
    ticks_ms(pid, 14)
}

/// The same of all children of this process that have ended.
pub fn children_cpu_ms() -> f64 {
    ticks_ms(std::process::id(), 16)
}

/// A field of proc_pid_stat(5), counted from 1, and the one behind it; USER_HZ is 100 everywhere.
fn ticks_ms(pid: u32, field: usize) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // behind the name, the second, which may hold anything
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(field - 3).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// Waits until processes do nothing by themselves any more: less than a fiftieth of a core for some seconds.
pub fn at_rest(pids: impl IntoIterator<Item = u32>) -> Result<()> {
    let pids: Vec<u32> = pids.into_iter().collect();
    let total = || pids.iter().map(|pid| cpu_ms(*pid)).sum::<f64>();
    for _ in 0..RESTING_LOOKS {
        let before = total();
        sleep(RESTING);
        if total() - before < RESTING.as_millis() as f64 / 50.0 {
            return Ok(());
        }
    }
    bail!("the processes {pids:?} do not come to rest")
}

/// A process that stands still as long as this lives.
pub struct Stopped(u32);

impl Stopped {
    /// SIGSTOP to a process of ours.
    pub fn new(pid: u32) -> Result<Self> {
        signal("STOP", pid)?;
        Ok(Self(pid))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // a process that is gone needs no more
        let _ = signal("CONT", self.0);
    }
}

fn signal(name: &str, pid: u32) -> Result<()> {
    let sent = Command::new("kill").args(["-s", name, &pid.to_string()]).status()?;
    if sent.success() { Ok(()) } else { bail!("process {pid} takes no signal") }
}

/// A line of proc_pid_status(5), in kilobytes: `VmRSS`, `RssAnon` of it that no file has, or `VmHWM`, the largest since [`forget_peak`].
pub fn memory_kb(pid: u32, name: &str) -> Result<u64> {
    let line = value(&format!("/proc/{pid}/status"), name).context("the process is gone")?;
    line.trim_end_matches(" kB").trim().parse().context("no number of kilobytes")
}

/// Lets the largest resident set of a process begin anew (proc_pid_clear_refs(5)).
pub fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the process is gone")
}

fn value(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Type of the file system, by the longest mount point above the folder.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let above = fields.filter(|fields| fields.len() > 2 && folder.starts_with(fields[1]));
    // of those alike the last was mounted over the others
    above.max_by_key(|fields| fields[1].len()).map_or_else(|| "file system unknown".into(), |fields| fields[2].into())
}
