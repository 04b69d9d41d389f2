//! Files of a manifest as JSON Web Encryption (RFC 7516), compact, with the key itself (`dir`, RFC 7518 4.5) and A256GCM.

use crate::seal::{TAG, sealed};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

/// Shorter files are not deflated: not every library of readers undoes it.
const DEFLATED_FROM: usize = 64 << 10;

/// The key of a link's files: what the link brings and the hub does not keep. No `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FileKey(pub(crate) [u8; 32]);

impl FileKey {
    /// A file as JWE. `content_type` is its media type, without anything that JSON would have to escape.
    pub fn encrypt(&self, content_type: &'static str, file: &[u8]) -> String {
        let (zip, plain) = match deflated(file) {
            Some(plain) => (r#","zip":"DEF""#, plain),
            None => ("", file.to_vec()),
        };
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM","cty":"{content_type}"{zip}}}"#);
        let header = URL_SAFE_NO_PAD.encode(header);
        let (nonce, mut text) = sealed(&self.0, header.as_bytes(), plain);
        let tag = text.split_off(text.len() - TAG);
        let [nonce, text, tag] = [&nonce, text.as_slice(), &tag].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        format!("{header}..{nonce}.{text}.{tag}")
    }
}

/// The file deflated (RFC 1951), where it is long.
fn deflated(file: &[u8]) -> Option<Vec<u8>> {
    if file.len() < DEFLATED_FROM {
        return None;
    }
    let mut out = DeflateEncoder::new(Vec::with_capacity(file.len() / 4), Compression::default());
    out.write_all(file).ok()?;
    out.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    use std::io::Read;

    /// Header and file, by the steps of RFC 7516 5.2. Another implementation opens them in test-data's tests.
    fn opened(key: &FileKey, jwe: &str) -> (String, Vec<u8>) {
        let parts: Vec<&str> = jwe.split('.').collect();
        let [header, "", nonce, text, tag] = parts[..] else { panic!("five parts, the second empty") };
        let of = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.0).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&of(nonce)).unwrap();
        let mut bytes = [of(text), of(tag)].concat();
        let plain = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut bytes).unwrap();
        (String::from_utf8(of(header)).unwrap(), plain.to_vec())
    }

    #[test]
    fn files_are_what_they_were() {
        let key = FileKey([7; 32]);
        let (header, file) = opened(&key, &key.encrypt("application/fhir+json", b"{}"));
        assert_eq!(header, r#"{"alg":"dir","enc":"A256GCM","cty":"application/fhir+json"}"#);
        assert_eq!(file, b"{}");
        let long = "long ".repeat(DEFLATED_FROM);
        let jwe = key.encrypt("application/fhir+json", long.as_bytes());
        assert!(jwe.len() < long.len() / 10);
        let (header, file) = opened(&key, &jwe);
        assert_eq!(header, r#"{"alg":"dir","enc":"A256GCM","cty":"application/fhir+json","zip":"DEF"}"#);
        let mut inflated = String::new();
        flate2::read::DeflateDecoder::new(file.as_slice()).read_to_string(&mut inflated).unwrap();
        assert!(inflated == long);
    }
}
