//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why the index could not answer.
#[derive(Debug, Error)]
pub enum Error {
    /// What was asked for is not in the index.
    #[error("{0} is not in the index")]
    NotFound(&'static str),
    /// What was given contradicts the index or itself.
    #[error("{0}")]
    Invalid(&'static str),
    /// A batch of changes does not follow the last one applied.
    #[error("changes begin at {got}, but the index waits for {wanted}")]
    Gap {
        /// The number the index waits for.
        wanted: u64,
        /// The first number of the batch.
        got: u64,
    },
    /// The database failed.
    #[error("index failed to {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Gap { .. } => ErrorKind::Conflict,
            Self::Database { .. } => ErrorKind::Unavailable,
        }
    }
}
