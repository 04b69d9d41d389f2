//! The one error of this room.

use imaging_domain::{ErrorKind, Invalid};
use thiserror::Error;

/// Why a request's text means nothing, or nothing that can be given. No text of the client is repeated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// A value is not what its parameter or path segment is for.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A text or a list is longer than a named limit.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// None of the representations of the resource is among the acceptable ones.
    #[error("no acceptable representation: {0}")]
    NotAcceptable(&'static str),
    /// A body of a media type that cannot be stored.
    #[error("media type is not supported: {0}")]
    MediaType(&'static str),
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::TooLong(_) => ErrorKind::TooLarge,
            Self::NotAcceptable(_) | Self::MediaType(_) => ErrorKind::Unsupported,
        }
    }

    pub(crate) fn invalid(what: &'static str, why: &'static str) -> Self {
        Self::Invalid(Invalid::new(what, why))
    }
}
