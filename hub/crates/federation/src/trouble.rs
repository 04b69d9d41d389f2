//! Why a line to the hub broke, in a word.

use crate::{error::Error, net::TLS};

/// Why there is no line to the hub, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answers at its address, or the network broke.
    Unreachable,
    /// It is there and did not answer in time.
    Silent,
    /// It refuses this hospital: its certificate has ended or was revoked.
    Refused,
    /// It is not the hub that this hospital joined, or its certificate is wrong.
    Certificate,
    /// It answered something that this program does not understand.
    Answer,
    /// The failure is this side's own: its index or disk.
    Own,
}

impl Trouble {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Certificate => "certificate",
            Self::Answer => "answer",
            Self::Own => "own",
        }
    }

    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Refused => Self::Refused,
            Error::Timeout | Error::Busy => Self::Silent,
            Error::Answer(_) | Error::Code(_) => Self::Answer,
            Error::Certificate(_) => Self::Certificate,
            Error::Connection { doing: TLS, .. } => Self::Certificate,
            Error::Connection { .. } => Self::Unreachable,
            Error::Catalog(_) | Error::Audit(_) => Self::Own,
        }
    }
}
