//! What a cage is like.

use std::{ffi::OsString, path::PathBuf, time::Duration};

/// Which program the workers run, how many there are and what each may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The program; it must call [`work`](crate::work) when it is given `arguments`.
    pub program: PathBuf,
    /// What makes it a worker.
    pub arguments: Vec<OsString>,
    /// Workers at the same time; at least one.
    pub workers: usize,
    /// Address space of one worker, the program itself included.
    pub memory_bytes: u64,
    /// How long one job may take before its worker is killed.
    pub time_limit: Duration,
    /// Jobs after which a worker is replaced, whatever it did; at least one.
    pub jobs_each: u32,
}

/// This very program, also when its file was replaced since it was started.
const THIS_PROGRAM: &str = "/proc/self/exe";

impl Config {
    /// Workers that are this program with one argument, `subcommand`: 2 GiB and 10 seconds for each job, 1000 jobs each.
    pub fn of_this_program(subcommand: &str, workers: usize) -> Self {
        Self {
            program: THIS_PROGRAM.into(),
            arguments: vec![subcommand.into()],
            workers,
            memory_bytes: 2 << 30,
            time_limit: Duration::from_secs(10),
            jobs_each: 1000,
        }
    }
}
