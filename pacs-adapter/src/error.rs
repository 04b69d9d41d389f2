//! The one error of this room.

use imaging_domain::ErrorKind;
use std::{io, net::SocketAddr};
use thiserror::Error;

/// Why the adapter cannot do what it was started for. What goes wrong with one peer or one file is not here: it is
/// answered, logged and survived.
#[derive(Debug, Error)]
pub enum Error {
    /// The listen address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address of the config.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The settings of DICOM over TLS do not work.
    #[error("dimse.tls: {0}")]
    Tls(&'static str),
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Listen { .. } => ErrorKind::Unavailable,
            Self::Tls(_) => ErrorKind::Invalid,
        }
    }
}
