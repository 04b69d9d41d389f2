//! What may go wrong.

use imaging_domain::ErrorKind;

/// Why there is no picture. The texts name what is wrong with the image, never whose it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The instance has no rows, columns or bits: a report, a plan, a waveform.
    #[error("the instance is not an image")]
    NotAnImage,
    /// A frame above NumberOfFrames.
    #[error("the image has no such frame")]
    NoSuchFrame,
    /// The pixel data may be right, but nothing here reads it.
    #[error("cannot decode: {0}")]
    Unsupported(&'static str),
    /// The attributes or the bytes contradict each other or themselves.
    #[error("wrong pixel data: {0}")]
    Corrupt(&'static str),
    /// The image claims, or the picture would have, more samples than this room makes.
    #[error("the image or picture is larger than the limit")]
    TooLarge,
    /// A region that the image has nothing of.
    #[error("the region lies outside of the image")]
    Region,
    /// The pool is gone or could not be started.
    #[error("no rendering thread")]
    Busy,
    /// Work on it was begun and given up, with its worker; another try ends the same.
    #[error("given up: {0}")]
    GivenUp(cage::Error),
}

impl From<cage::Error> for Error {
    fn from(error: cage::Error) -> Self {
        match error {
            cage::Error::TooLarge => Self::TooLarge,
            cage::Error::NoWorker => Self::Busy,
            error => Self::GivenUp(error),
        }
    }
}

impl Error {
    /// What sort of failure it is to a caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAnImage | Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::NoSuchFrame => ErrorKind::NotFound,
            Self::Corrupt(_) | Self::Region => ErrorKind::Invalid,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::Busy => ErrorKind::Unavailable,
            Self::GivenUp(error) => error.kind(),
        }
    }
}
