//! Unique identifiers (PS3.5 chapter 9).
//!
//! Only this file knows what a UID is. Real files carry identifiers with leading zeros, letters or a final
//! dot; they are indexed verbatim, because refusing them would lose images. What is refused is what could
//! hurt: empty, longer than 64 characters, or with characters beyond letters, digits, `.`, `-` and `_`.

use crate::error::Invalid;
use serde::{Deserialize, Serialize};

/// The most characters a UI value may have (PS3.5 6.2).
pub const MAX_UID_LENGTH: usize = 64;
/// What an identifier that is taken looks like, as a regular expression, for descriptions of the routes.
pub const UID_PATTERN: &str = "^[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*$";

/// Whether a text is a UID as the Standard has them (PS3.5 9.1), which many that are in use are not.
pub fn is_standard_uid(text: &str) -> bool {
    let component = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    text.len() <= MAX_UID_LENGTH && text.split('.').all(component)
}

fn parse(text: &str, what: &'static str) -> Result<Box<str>, Invalid> {
    let text = text.trim_matches(|c| c == ' ' || c == '\0');
    if text.is_empty() {
        return Err(Invalid::new(what, "it is empty"));
    }
    if text.len() > MAX_UID_LENGTH {
        return Err(Invalid::new(what, "it has more than 64 characters"));
    }
    if text.bytes().all(|b| b == b'.') {
        return Err(Invalid::new(what, "it has no digits"));
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Err(Invalid::new(what, "it has a character that no identifier has"));
    }
    Ok(text.into())
}

macro_rules! uid {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Reads a UI value; padding by NUL or space is taken off.
            ///
            /// # Errors
            /// [`Invalid`] when it is empty, too long or has a character that cannot be in an identifier.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                parse(text, $what).map(Self)
            }

            /// The identifier without padding.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        crate::verbatim::verbatim!($name);
    };
}

uid!(
    /// Study Instance UID (0020,000D).
    StudyUid, "study instance uid"
);
uid!(
    /// Series Instance UID (0020,000E).
    SeriesUid, "series instance uid"
);
uid!(
    /// SOP Instance UID (0008,0018).
    InstanceUid, "sop instance uid"
);
uid!(
    /// SOP Class UID (0008,0016).
    SopClassUid, "sop class uid"
);
uid!(
    /// Transfer Syntax UID (0002,0010).
    TransferSyntaxUid, "transfer syntax uid"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_goes_and_odd_identifiers_stay() {
        for (text, expected) in [
            ("1.2.840.10008\0", Some("1.2.840.10008")),
            ("1.02.3 ", Some("1.02.3")),
            ("1.2.ABC", Some("1.2.ABC")),
            ("", None),
            ("..", None),
            ("../../etc/passwd", None),
            ("1.2\\1.3", None),
        ] {
            assert_eq!(StudyUid::parse(text).ok().as_ref().map(StudyUid::as_str), expected, "{text:?}");
        }
        assert!(StudyUid::parse(&"1".repeat(65)).is_err());
    }
}
