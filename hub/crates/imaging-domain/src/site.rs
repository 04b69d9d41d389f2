//! Sites: the hospitals of the region.

use crate::{error::Invalid, verbatim::verbatim};
use serde::{Deserialize, Serialize};

/// The name by which the region knows a hospital: 1 to 63 characters of `a-z`, `0-9` and `-`, beginning with
/// a letter or digit. It is part of certificates and of URLs, so it is kept this narrow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteId(Box<str>);

impl SiteId {
    /// Reads a site's name.
    ///
    /// # Errors
    /// [`Invalid`] when a character or the length is not allowed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let what = "site id";
        if text.is_empty() || text.len() > 63 {
            return Err(Invalid::new(what, "it has no or more than 63 characters"));
        }
        if text.starts_with('-') || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(Invalid::new(what, "only a-z, 0-9 and - are allowed, and no - at the start"));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

verbatim!(SiteId);

/// The site and when it was last heard of, as the region's overview shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteSummary {
    /// Which site.
    pub site: SiteId,
    /// The hospital's name for people, empty when nobody gave one.
    pub name: String,
    /// Whether the hub holds the site's images itself, because it has no adapter.
    pub held_by_hub: bool,
    /// Studies of this site in the index.
    pub studies: u64,
    /// Instances of this site in the index.
    pub instances: u64,
    /// Number of the last change of the site's feed that the index holds; 0 before the first.
    pub position: u64,
    /// Changes the site has written and the index does not hold; absent when the site was not heard of.
    pub backlog: Option<u64>,
    /// When the last batch was applied, milliseconds since 1970 UTC.
    pub last_change_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_narrow() {
        assert!(SiteId::parse("hospital-01").is_ok());
        for bad in ["", "-a", "A", "a/b", "a.b", "医院"] {
            assert!(SiteId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
