//! Failures in a word that a page has a sentence for, and in the words of the log.

use archive::Error;
use imaging_domain::{ErrorKind, Principal, in_one_line};

/// Why an arrival was refused: the word, and more of it.
pub(super) fn why(error: &Error) -> (&'static str, String) {
    let word = match error {
        Error::Unreadable(_) => "unreadable",
        Error::Mismatch(_) => "mismatch",
        Error::Busy => "busy",
        Error::Stopping => "stopping",
        Error::Blob(blob_store::Error::Full) => "full",
        other => match other.kind() {
            ErrorKind::Forbidden => "denied",
            ErrorKind::TooLarge => "too-large",
            ErrorKind::Unsupported | ErrorKind::Invalid => "unsupported",
            _ => "own",
        },
    };
    (word, in_one_line(error))
}

/// Whether the fault is in the bytes, so that sending them again changes nothing.
pub(super) fn is_of_the_bytes(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Invalid | ErrorKind::TooLarge | ErrorKind::Unsupported)
}

/// Who sent something, for people.
pub(super) fn sender(who: &Principal) -> String {
    match who {
        Principal::LocalPeer { ae, addr } => format!("{ae} @ {addr}"),
        // who has a token or a session stores by DICOMweb alone
        Principal::SiteMachine { name, .. } | Principal::User { name, .. } => format!("{name} @ DICOMweb"),
        Principal::Service(name) => (*name).to_owned(),
        other => other.to_string(),
    }
}
