//! From an error of the archive to a DIMSE status; nowhere else is one chosen for a failure of ours.

use archive::Error;
use dimse::{Remark, Status};
use imaging_domain::ErrorKind;

/// The status of C-STORE-RSP (PS3.4 B.2.3) that tells a sender what became of its instance.
///
/// Out of resources is the answer to every failure of ours, because senders repeat after it and give up after others.
pub fn status_of(error: &Error) -> Status {
    match error {
        Error::Mismatch(_) => Status::DATA_SET_MISMATCH,
        Error::Unreadable(_) => Status::CANNOT_UNDERSTAND,
        other => match other.kind() {
            ErrorKind::Forbidden => Status::NOT_AUTHORIZED,
            ErrorKind::Invalid | ErrorKind::Unsupported | ErrorKind::TooLarge | ErrorKind::GivenUp => {
                Status::CANNOT_UNDERSTAND
            }
            ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Unavailable | ErrorKind::Internal => {
                Status::OUT_OF_RESOURCES
            }
        },
    }
}

/// The status of C-FIND-RSP (PS3.4 table C.4-1) that tells why there are no more results.
pub fn status_of_query(error: &Error) -> Status {
    match error.kind() {
        ErrorKind::Forbidden => Status::NOT_AUTHORIZED,
        ErrorKind::Invalid | ErrorKind::Unsupported => Status::DATA_SET_MISMATCH,
        ErrorKind::TooLarge | ErrorKind::GivenUp => Status::CANNOT_UNDERSTAND,
        ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Unavailable | ErrorKind::Internal => {
            Status::OUT_OF_RESOURCES
        }
    }
}

/// The status of C-GET-RSP and C-MOVE-RSP (PS3.4 tables C.4-2, C.4-3) that tells why nothing can be sent.
pub fn status_of_retrieval(error: &Error) -> Status {
    match status_of_query(error) {
        Status::OUT_OF_RESOURCES => Status::CANNOT_COUNT_MATCHES,
        status => status,
    }
}

/// What is said beside such a status to whoever looks for the cause: at most 64 characters.
pub fn comment_of(status: Status) -> Remark {
    Remark::comment(match status {
        Status::NOT_AUTHORIZED => "this caller may not ask",
        Status::DATA_SET_MISMATCH => "this cannot be asked here",
        Status::CANNOT_UNDERSTAND => "too much was asked at once",
        Status::MOVE_DESTINATION_UNKNOWN => "nobody knows an address of the destination",
        _ => "the index or the hub does not answer now",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_ours_ask_for_another_try() {
        for (error, expected) in [
            (Error::Mismatch("sop class"), 0xA900),
            (Error::Stopping, 0xA700),
            (Error::Unavailable, 0xA700),
            (Error::NotFound("study"), 0xA700),
            (Error::Unsupported("it"), 0xC000),
        ] {
            assert_eq!(status_of(&error).code(), expected, "{error}");
        }
    }
}
