//! Why a file was not taken in, and whose fault that is.

use imaging_domain::{ErrorKind, in_one_line};

/// Why a file was not taken in.
pub(super) struct Refusal {
    pub(super) why: String,
    /// Whether it may be taken in another time, because the failure is not the file's.
    pub(super) is_ours: bool,
}

impl From<&str> for Refusal {
    fn from(why: &str) -> Self {
        Self { why: why.to_owned(), is_ours: false }
    }
}

impl From<std::io::Error> for Refusal {
    /// What a file says wrongly is its own fault; what the disk says is not.
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        Self { why: error.to_string(), is_ours: ![InvalidData, InvalidInput, UnexpectedEof].contains(&error.kind()) }
    }
}

impl From<archive::Error> for Refusal {
    /// With its sources, in one line.
    fn from(error: archive::Error) -> Self {
        use ErrorKind::{Conflict, Internal, NotFound, Unavailable};
        let is_ours = [Conflict, Internal, NotFound, Unavailable].contains(&error.kind());
        Self { why: in_one_line(&error), is_ours }
    }
}
