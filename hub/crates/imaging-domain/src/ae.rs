//! Application entity titles (PS3.8 7.1.1, PS3.5 6.2 AE).

use crate::{error::Invalid, verbatim::verbatim};
use serde::{Deserialize, Serialize};

/// An application entity title: 1 to 16 characters without backslash or control characters, compared
/// exactly after leading and trailing spaces are gone. It names a peer; it never proves who the peer is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AeTitle(Box<str>);

impl AeTitle {
    /// Reads a title, padding removed.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, longer than 16 characters, or has a character AE does not allow.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim_matches(|c| c == ' ' || c == '\0');
        let what = "application entity title";
        if text.is_empty() || text.len() > 16 {
            return Err(Invalid::new(what, "it has no or more than 16 characters"));
        }
        if !text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'\\') {
            return Err(Invalid::new(what, "it has a backslash or a character outside of ASCII"));
        }
        Ok(Self(text.into()))
    }

    /// The title without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

verbatim!(AeTitle);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_trimmed_and_bounded() {
        assert_eq!(AeTitle::parse(" STORESCP  ").unwrap().as_str(), "STORESCP");
        for bad in ["", "   ", "A\\B", "SEVENTEEN_LETTERS", "A\nB", "医院"] {
            assert!(AeTitle::parse(bad).is_err(), "{bad:?}");
        }
    }
}
