//! Why something asked of a peer was not done.

use crate::upper_layer::Broken;
use imaging_domain::ErrorKind;
use std::io;
use thiserror::Error;

/// Why an association could not be opened, or ended before its time. After every one of them but
/// [`NotAccepted`](Self::NotAccepted) the association is of no more use.
#[derive(Debug, Error)]
pub enum Error {
    /// Nothing says where the peer takes associations.
    #[error("the peer has no address")]
    NoAddress,
    /// Nobody takes the connection.
    #[error("cannot connect to the peer")]
    Connect(#[source] io::Error),
    /// The settings of TLS do not work.
    #[error("requester.tls: {0}")]
    Tls(&'static str),
    /// TLS was not agreed on, or the peer is not who it should be.
    #[error("the peer agrees on no TLS or shows another certificate")]
    Handshake(#[source] io::Error),
    /// The peer refused the association.
    #[error("the peer rejected the association: {0}")]
    Rejected(String),
    /// The peer accepted no presentation context for this; the association lives on.
    #[error("the peer accepted no presentation context for {0}")]
    NotAccepted(String),
    /// More presentation contexts than an association can have.
    #[error("more presentation contexts than an association can have")]
    TooManyContexts,
    /// The peer did not answer in time, or took nothing.
    #[error("the peer did not {0} in time")]
    Silent(&'static str),
    /// The peer sent A-ABORT.
    #[error("the peer aborted the association")]
    Aborted,
    /// The peer closed the connection.
    #[error("the peer closed the connection")]
    Closed,
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[source] io::Error),
    /// What came is no DIMSE message.
    #[error("the peer sent no message")]
    Message(#[from] dimse::Error),
    /// What came is no PDU, or one out of place, or a message that answers nothing that was asked.
    #[error("the peer sent {0}")]
    Unexpected(&'static str),
    /// What was to be sent could not be read.
    #[error("what was to be sent cannot be read")]
    Reading(#[source] archive::Error),
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoAddress => ErrorKind::NotFound,
            Self::Tls(_) => ErrorKind::Internal,
            Self::Connect(_)
            | Self::Handshake(_)
            | Self::Silent(_)
            | Self::Aborted
            | Self::Closed
            | Self::Io(_)
            | Self::Rejected(_) => ErrorKind::Unavailable,
            Self::NotAccepted(_) | Self::TooManyContexts => ErrorKind::Unsupported,
            Self::Message(_) | Self::Unexpected(_) => ErrorKind::Invalid,
            Self::Reading(error) => error.kind(),
        }
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => Self::Io(error),
            Broken::Garbage(what) => Self::Unexpected(what),
        }
    }
}
