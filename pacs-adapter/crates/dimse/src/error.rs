//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why bytes of a peer are no DIMSE message. Every one of them ends the association (PS3.8 9.2.2: A-ABORT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// An element claims more bytes than the command set has left.
    #[error("command set ends inside of an element")]
    Truncated,
    /// The command set is longer than [`MAX_COMMAND_SET`](crate::MAX_COMMAND_SET).
    #[error("command set is longer than the limit")]
    CommandTooLarge,
    /// An element that the message needs is not there.
    #[error("command set lacks {0}")]
    Missing(&'static str),
    /// An element is there with a value that it cannot have.
    #[error("command set has an unusable {0}")]
    BadValue(&'static str),
    /// A P-DATA-TF PDU whose items do not fill it (PS3.8 9.3.5).
    #[error("presentation data value does not fit its PDU")]
    BadPdv,
    /// A fragment of one message came while another was open, or data came without a command that announced it.
    #[error("fragments of messages are interleaved")]
    Interleaved,
    /// A fragment came for a presentation context that was not accepted.
    #[error("presentation context was not accepted")]
    ForeignContext,
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::CommandTooLarge => ErrorKind::TooLarge,
            _ => ErrorKind::Invalid,
        }
    }
}
