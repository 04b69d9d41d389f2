//! Who else may use the DICOMweb routes in a browser.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The DICOMweb routes of every listener.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dicomweb {
    /// Origins (`https://viewer.example`) whose pages may read answers.
    pub allowed_origins: Vec<String>,
}

impl Dicomweb {
    /// The origins, when each is one as browsers write it (RFC 6454 6.2): a scheme, a host, perhaps a port, nothing else.
    ///
    /// # Errors
    /// The first that is none; a page could never match it.
    pub fn origins(&self) -> Result<Vec<String>> {
        for origin in &self.allowed_origins {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
            let is_plain =
                host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte));
            if host.is_empty() || !is_plain {
                bail!("dicomweb.allowed_origins: {origin} is no origin, such as https://viewer.example");
            }
        }
        Ok(self.allowed_origins.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_taken() {
        let of = |origin: &str| Dicomweb { allowed_origins: vec![origin.into()] }.origins().is_ok();
        for origin in ["https://viewer.example", "http://127.0.0.1:3000", "https://[::1]:8443", "https://a-b.example:1"]
        {
            assert!(of(origin), "{origin}");
        }
        for origin in [
            "*",
            "null",
            "",
            "viewer.example",
            "https://",
            "https://viewer.example/",
            "https://Viewer.example",
            "https://*.example",
        ] {
            assert!(!of(origin), "{origin}");
        }
    }
}
