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
    /// The file is no TOML, or may not be read.
    #[error("{place} cannot be read as configuration: {why}")]
    Unreadable {
        /// Which file or variables.
        place: String,
        /// In which line, and why.
        why: String,
    },
    /// A key nobody knows.
    #[error("{place} has a key `{key}` that nobody knows{}", meant.as_ref().map(|meant| format!("; {meant}")).unwrap_or_default())]
    Unknown {
        /// Which file or variables.
        place: String,
        /// The key.
        key: String,
        /// What may have been meant.
        meant: Option<String>,
    },
    /// A value that cannot be.
    #[error("{place}: `{key}`: {why}")]
    Wrong {
        /// Which file or variables.
        place: String,
        /// The key.
        key: String,
        /// What is wrong, without the value.
        why: String,
    },
}

impl Error {
    /// Always [`ErrorKind::Invalid`].
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
