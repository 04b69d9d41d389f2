//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why a use case failed.
#[derive(Debug, Error)]
pub enum Error {
    /// The decision was no.
    #[error(transparent)]
    Denied(#[from] access_control::Denied),
    /// What was asked for is not there.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// The bytes that came are no data set that can be stored.
    #[error("data set cannot be stored")]
    Unreadable(#[source] part10::Error),
    /// The bytes that came are readable, but not what the sender said they are.
    #[error("data set does not match: {0}")]
    Mismatch(&'static str),
    /// The hospital's rules change attributes of it, and that cannot be done.
    #[error("attributes cannot be changed as the rules say")]
    Coercion(#[source] part10::CoercionError),
    /// A password that cannot be one.
    #[error("a password has {0} to {1} bytes")]
    Password(usize, usize),
    /// More came than a limit allows.
    #[error("{0} is too large")]
    TooLarge(&'static str),
    /// There is an image, but not one that can be shown or given in this form.
    #[error("{0}")]
    Unsupported(&'static str),
    /// No site that holds the instance could give it now.
    #[error("no site that holds it answers")]
    Unavailable,
    /// The index failed.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// The bytes failed.
    #[error(transparent)]
    Blob(#[from] blob_store::Error),
    /// The audit log failed; what it should have recorded was not done.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
    /// The picture failed.
    #[error(transparent)]
    Rendering(#[from] rendering::Error),
    /// The disk or the index failed at the last step; nothing was acknowledged, and the cause is in the log.
    #[error("could not be committed")]
    NotCommitted,
    /// Too many store already.
    #[error("too many store at the same time")]
    Busy,
    /// The program is going down.
    #[error("shutting down")]
    Stopping,
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Unreadable(_) | Self::Mismatch(_) | Self::Coercion(_) | Self::Password(..) => ErrorKind::Invalid,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::Unavailable | Self::NotCommitted | Self::Busy | Self::Stopping => ErrorKind::Unavailable,
            Self::Catalog(error) => error.kind(),
            Self::Blob(error) => error.kind(),
            Self::Audit(error) => error.kind(),
            Self::Rendering(error) => error.kind(),
        }
    }
}
