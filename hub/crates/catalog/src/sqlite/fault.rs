//! What may go wrong inside, before it is said what was being done.

use crate::error::Error;
use imaging_domain::Invalid;

/// A failure of SQLite, of a stored value, or one of the room's own.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Stored(Box<dyn std::error::Error + Send + Sync>),
    Is(Error),
}

impl Fault {
    /// The room's error; `doing` says what failed.
    pub(super) fn doing(self, doing: &'static str) -> Error {
        match self {
            Self::Is(error) => error,
            Self::Sql(source) => Error::Database { doing, source: source.into() },
            Self::Stored(source) => Error::Database { doing, source },
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Is(error)
    }
}

/// A stored text that is no longer valid: the file was changed from outside or is damaged.
impl From<Invalid> for Fault {
    fn from(error: Invalid) -> Self {
        Self::Stored(error.into())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Stored(error.into())
    }
}
