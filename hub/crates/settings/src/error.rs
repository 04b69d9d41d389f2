//! The one error of this room. It never repeats a value: it may be a secret.

use imaging_domain::ErrorKind;
use std::path::PathBuf;
use thiserror::Error;

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The file is not there.
    #[error("configuration file {0} is not there")]
    Missing(PathBuf),
    /// The file is no TOML.
    #[error("{place} cannot be read as configuration")]
    Unreadable {
        /// Which file or variables.
        place: String,
    },
    /// A key nobody knows.
    #[error("{place} has a key `{key}` that nobody knows{}", nearest.as_ref().map(|key| format!("; did you mean `{key}`?")).unwrap_or_default())]
    Unknown {
        /// Which file or variables.
        place: String,
        /// The key.
        key: String,
        /// The known key most like it.
        nearest: Option<String>,
    },
    /// A value that cannot be.
    #[error("{place}: `{key}`: {why}")]
    Wrong {
        /// Which file or variables.
        place: String,
        /// The key.
        key: String,
        /// What is wrong.
        why: &'static str,
    },
}

impl Error {
    /// Always [`ErrorKind::Invalid`].
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
