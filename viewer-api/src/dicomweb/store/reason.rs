//! From an error of the archive to a Failure Reason (PS3.18 table I.2-2); nowhere else is one chosen for a failure of ours.

use archive::Error;
use imaging_domain::ErrorKind;

/// Refused: out of resources.
pub(super) const OUT_OF_RESOURCES: u16 = 0xA700;
/// Error: data set does not match what the address or the part's head says.
const MISMATCH: u16 = 0xA900;
/// Error: cannot understand.
pub(super) const CANNOT_UNDERSTAND: u16 = 0xC000;
/// Referenced transfer syntax not supported.
pub(super) const TRANSFER_SYNTAX: u16 = 0xC122;
/// Processing failure.
const PROCESSING: u16 = 0x0110;
/// SOP class not supported.
const SOP_CLASS: u16 = 0x0122;
/// Refused: not authorized.
const NOT_AUTHORIZED: u16 = 0x0124;

/// The Failure Reason (0008,1197) of an instance that was not stored.
pub(super) fn reason_of(error: &Error) -> u16 {
    match error {
        Error::Mismatch(_) => MISMATCH,
        Error::Unsupported(_) => SOP_CLASS,
        other => match other.kind() {
            ErrorKind::Forbidden => NOT_AUTHORIZED,
            ErrorKind::Invalid | ErrorKind::Unsupported | ErrorKind::GivenUp => CANNOT_UNDERSTAND,
            ErrorKind::Unavailable | ErrorKind::TooLarge => OUT_OF_RESOURCES,
            ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Internal => PROCESSING,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_reason() {
        for (error, expected) in [
            (Error::Mismatch("study"), 0xA900),
            (Error::Unsupported("class"), 0x0122),
            (Error::Stopping, 0xA700),
            (Error::NotCommitted, 0xA700),
            (Error::TooLarge("instance"), 0xA700),
            (Error::Blob(blob_store::Error::Full), 0xA700),
            (Error::Blob(blob_store::Error::Corrupt), 0x0110),
            (Error::Denied(access_control::Denied(access_control::ActionKind::Store)), 0x0124),
        ] {
            assert_eq!(reason_of(&error), expected, "{error}");
        }
    }
}
