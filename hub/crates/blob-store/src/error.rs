//! The one error of this room.

use imaging_domain::ErrorKind;
use std::io;
use thiserror::Error;

/// Why bytes could not be kept or given.
#[derive(Debug, Error)]
pub enum Error {
    /// No blob has this digest.
    #[error("blob is not here")]
    NotFound,
    /// The bytes read are not those that were stored.
    #[error("blob does not have the digest it was stored under")]
    Corrupt,
    /// Asked for bytes beyond the end.
    #[error("range is beyond the end of the blob")]
    OutOfRange,
    /// The writer gave up before the end; followers see this.
    #[error("blob was abandoned before it was complete")]
    Abandoned,
    /// The disk is full, or fuller than the store was told to allow.
    #[error("no room for more blobs")]
    Full,
    /// The disk failed.
    #[error("blob store failed to {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's error.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::OutOfRange => ErrorKind::Invalid,
            Self::Full | Self::Abandoned => ErrorKind::Unavailable,
            Self::Corrupt | Self::Io { .. } => ErrorKind::Internal,
        }
    }
}

/// Makes a system's error one of ours.
pub(crate) fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Io { doing, source },
    }
}
