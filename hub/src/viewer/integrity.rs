//! Whether bytes are those that a digest names (Subresource Integrity 3.1).

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha512};
use std::io::Read;

/// The most bytes of an archive; the pinned one has 49 million.
const MAX_BYTES: u64 = 256 << 20;
/// How much is read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Reads to the end and compares.
///
/// # Errors
/// When the bytes cannot be read or are others.
pub(super) fn check(bytes: impl Read, integrity: &str) -> Result<()> {
    let expected = integrity.strip_prefix("sha512-").context("it is no SHA-512")?;
    let mut digest = Sha512::new();
    let (mut bytes, mut chunk) = (bytes.take(MAX_BYTES), vec![0; CHUNK_BYTES]);
    loop {
        match bytes.read(&mut chunk).context("it cannot be read")? {
            0 => break,
            read => digest.update(&chunk[..read]),
        }
    }
    let found = STANDARD.encode(digest.finalize());
    if found == expected { Ok(()) } else { bail!("its SHA-512 is {found}, not {expected}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_pass() {
        // FIPS 180-4, the message "abc"
        let abc = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
        assert!(check(&b"abc"[..], abc).is_ok());
        for (bytes, integrity) in [(&b"abd"[..], abc), (b"", abc), (b"abc", "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")] {
            assert!(check(bytes, integrity).is_err());
        }
    }
}
