//! The one error of this room: a value from outside that is not what it should be.

use thiserror::Error;

/// A text that cannot become the domain value it was read for. The text itself is never repeated,
/// because it may be about a patient.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid {what}: {why}")]
pub struct Invalid {
    /// Which domain value was wanted, in words ("study uid", "date range").
    pub what: &'static str,
    /// Which rule the text breaks.
    pub why: &'static str,
}

impl Invalid {
    /// An error for `what`, broken by `why`.
    pub fn new(what: &'static str, why: &'static str) -> Self {
        Self { what, why }
    }
}

/// An error with its sources, in one line, for the log and whoever looks after a failure.
pub fn in_one_line(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line = format!("{line}: {cause}");
        source = cause.source();
    }
    line
}

/// What kind of failure an error of any room is; edges translate it into an HTTP or a DIMSE status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The thing asked for is not there, or the asker may not know of it.
    NotFound,
    /// The request or the bytes are wrong.
    Invalid,
    /// The principal may not do this.
    Forbidden,
    /// What is there already contradicts what was asked.
    Conflict,
    /// The thing exists but cannot be given in the form asked for.
    Unsupported,
    /// Asked for more than a limit allows.
    TooLarge,
    /// A peer, disk or pool is not able to answer now; later it may.
    Unavailable,
    /// Begun and given up: it took more time or memory than is allowed, or what worked on it died. Another try gives
    /// the same.
    GivenUp,
    /// A fault of ours.
    Internal,
}
