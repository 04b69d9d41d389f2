//! The one error of this room.

use imaging_domain::ErrorKind;
use std::io;
use thiserror::Error;

/// Why an event was not recorded. What it should have recorded must not happen.
#[derive(Debug, Error)]
pub enum Error {
    /// The file cannot be opened, read or locked.
    #[error("audit log cannot be opened")]
    Open(#[source] io::Error),
    /// The present end of the file is not one of ours.
    #[error("audit log is broken at its end")]
    Tail(#[source] Broken),
    /// An earlier write or sync failed; nothing is recorded until the program is started again.
    #[error("audit log cannot be written")]
    Poisoned,
}

impl Error {
    /// Always [`ErrorKind::Unavailable`]: somebody has to look at the disk.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Unavailable
    }
}

/// Where a chain is broken and how.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub struct Broken {
    /// Which line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: &'static str,
}
