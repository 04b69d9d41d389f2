//! What can be wrong with foreign bytes.

use imaging_domain::ErrorKind;
use std::io;

/// Why bytes were refused. No message repeats anything that was read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a PS3.10 file nor anything that looks like a data set.
    #[error("not a DICOM file")]
    NotDicom,
    /// The bytes end inside the file meta information: nothing is known of the data set.
    #[error("file ends inside its file meta information")]
    TruncatedMeta,
    /// The bytes break a rule that leaves no way to read on.
    #[error("malformed data set: {0}")]
    Malformed(&'static str),
    /// A deflated data set that does not inflate.
    #[error("deflated data set does not inflate")]
    Deflate,
    /// More than a limit allows; names the limit.
    #[error("data set exceeds the limit on {0}")]
    Limit(&'static str),
    /// Stored bytes could not be read while frames were looked for.
    #[error("stored data set cannot be read")]
    Read(#[source] io::Error),
}

impl Error {
    /// `Invalid` for wrong bytes, `TooLarge` for a limit, `Unavailable` for a failing store.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotDicom | Self::TruncatedMeta | Self::Malformed(_) | Self::Deflate => ErrorKind::Invalid,
            Self::Limit(_) => ErrorKind::TooLarge,
            Self::Read(error) if error.kind() == io::ErrorKind::UnexpectedEof => ErrorKind::Invalid,
            Self::Read(_) => ErrorKind::Unavailable,
        }
    }
}
