//! Checking a chain from its first line to its last, one line in memory at a time.

use crate::{
    error::Broken,
    line::{Head, MAX_LINE},
};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// A chain that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Events.
    pub events: u64,
    /// SHA-256 of the last line: whoever wrote it down elsewhere can tell that nothing before it changed.
    pub head: [u8; 32],
}

/// Checks a file.
///
/// # Errors
/// [`Broken`] names the first line that does not follow from those before it.
pub fn verify(path: &Path) -> Result<Verified, Broken> {
    let file = File::open(path).map_err(|_| Broken { line: 0, why: "the file cannot be read" })?;
    let walked = walk(file)?;
    match walked.torn {
        0 => Ok(Verified { events: walked.head.number, head: walked.head.digest }),
        _ => Err(Broken { line: walked.head.number + 1, why: "it has no end" }),
    }
}

/// A chain walked to its end.
pub(crate) struct Walked {
    pub(crate) head: Head,
    /// Bytes of whole lines.
    pub(crate) whole: u64,
    /// Bytes after the last line end: a line that was being written when the machine stopped.
    pub(crate) torn: u64,
}

pub(crate) fn walk(file: File) -> Result<Walked, Broken> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut head, mut whole, mut line) = (Head::START, 0, Vec::new());
    loop {
        line.clear();
        let broken = |why| Broken { line: head.number + 1, why };
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|_| broken("it cannot be read"))? as u64;
        let Some(text) = line.strip_suffix(b"\n") else {
            if read == MAX_LINE {
                return Err(broken("it is too long"));
            }
            return Ok(Walked { head, whole, torn: read });
        };
        let text = std::str::from_utf8(text).map_err(|_| broken("it is no text"))?;
        head = head.follow(text).map_err(broken)?;
        whole += read;
    }
}
