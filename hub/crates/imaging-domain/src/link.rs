//! Study links: how they are named, and what one allows.

use crate::{error::Invalid, verbatim::verbatim};
use serde::{Deserialize, Serialize};

/// The name of a study link, which is no secret: 16 characters of `0-9` and `a-f`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkId(Box<str>);

impl LinkId {
    /// Reads a link's name.
    ///
    /// # Errors
    /// [`Invalid`] when a character or the length is not allowed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() != 16 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Invalid::new("link id", "it is not 16 characters of 0-9 and a-f"));
        }
        Ok(Self(text.into()))
    }

    /// The name of eight bytes.
    pub fn of_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

verbatim!(LinkId);

/// What the holder of a link may do with its studies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// Look at them: pictures, headers and frames.
    View,
    /// Look at them, and take them away as files.
    Download,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_links_are_narrow() {
        assert_eq!(LinkId::of_bytes([0, 1, 2, 3, 4, 5, 0xfe, 0xff]).as_str(), "000102030405feff");
        assert!(LinkId::parse("000102030405feff").is_ok());
        for bad in ["", "000102030405fef", "000102030405FEFF", "000102030405feff0", "../../../../../.."] {
            assert!(LinkId::parse(bad).is_err(), "{bad}");
        }
    }
}
