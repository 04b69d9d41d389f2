//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why a hospital and the hub could not agree or reach each other.
#[derive(Debug, Error)]
pub enum Error {
    /// A certificate, key or signing request is not what it should be.
    #[error("certificate material is wrong: {0}")]
    Certificate(&'static str),
    /// An invitation code is mistyped or cut.
    #[error("invitation code is wrong: {0}")]
    Code(&'static str),
    /// The decision was no, or the proof was wrong, used or ended.
    #[error("refused")]
    Refused,
    /// The peer could not be reached or broke off.
    #[error("connection failed to {doing}")]
    Connection {
        /// What was being done.
        doing: &'static str,
        /// The system's, TLS' or HTTP's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The peer took too long.
    #[error("peer did not answer in time")]
    Timeout,
    /// More is asked at once than there is room for.
    #[error("too much is asked at once")]
    Busy,
    /// The peer answered something that is no answer.
    #[error("peer answered {0}")]
    Answer(String),
    /// The index failed.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// The audit log failed.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Certificate(_) | Self::Code(_) => ErrorKind::Invalid,
            Self::Refused => ErrorKind::Forbidden,
            Self::Connection { .. } | Self::Timeout | Self::Busy | Self::Answer(_) => ErrorKind::Unavailable,
            Self::Catalog(error) => error.kind(),
            Self::Audit(error) => error.kind(),
        }
    }

    pub(crate) fn connection(doing: &'static str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        move |source| Self::Connection { doing, source }
    }
}

impl From<access_control::Denied> for Error {
    fn from(_: access_control::Denied) -> Self {
        Self::Refused
    }
}
