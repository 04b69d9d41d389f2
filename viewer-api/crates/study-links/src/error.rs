//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why a link was not made, found or opened.
#[derive(Debug, Error)]
pub enum Error {
    /// The decision was no.
    #[error(transparent)]
    Denied(#[from] access_control::Denied),
    /// There is no such link or study, or the asker may not know of it.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// No link can be made as asked.
    #[error("{0}")]
    Invalid(&'static str),
    /// The studies are not surely of one person; a link opens one person's.
    #[error("the studies are not of one person")]
    TwoPersons,
    /// The link opens nothing: it is unknown, ended, taken back or used up. One word for all.
    #[error("the link is not valid")]
    NotValid,
    /// The link is right and the PIN is not.
    #[error("wrong pin")]
    WrongPin {
        /// How many more wrong ones the link bears.
        left: u32,
    },
    /// The index failed.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// The audit log failed; what it should have recorded was not done.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
    /// The program is going down.
    #[error("shutting down")]
    Stopping,
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::NotFound(_) | Self::NotValid => ErrorKind::NotFound,
            Self::Invalid(_) | Self::TwoPersons => ErrorKind::Invalid,
            Self::WrongPin { .. } => ErrorKind::Forbidden,
            Self::Catalog(error) => error.kind(),
            Self::Audit(error) => error.kind(),
            Self::Stopping => ErrorKind::Unavailable,
        }
    }
}
