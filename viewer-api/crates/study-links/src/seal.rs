//! Bytes sealed with AES-256-GCM (NIST SP 800-38D), each time with a nonce of its own from the system's random source.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// Bytes of an authentication tag.
pub(crate) const TAG: usize = 16;

/// The nonce and, after it, what was sealed with its tag. `about` is not in it but must be the same to open it.
///
/// # Panics
/// When the system has no randomness: nothing secret can be made then.
pub(crate) fn sealed(key: &[u8; 32], about: &[u8], mut bytes: Vec<u8>) -> ([u8; NONCE_LEN], Vec<u8>) {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("32 bytes are a key");
    let nonce = key.seal_in_place_append_tag(Aad::from(about), &mut bytes);
    let nonce = nonce.expect("a system without randomness can keep no secret");
    (*nonce.as_ref(), bytes)
}

/// Both in one.
pub(crate) fn seal(key: &[u8; 32], bytes: Vec<u8>) -> Vec<u8> {
    let (nonce, sealed) = sealed(key, b"", bytes);
    [nonce.as_slice(), &sealed].concat()
}

/// What [`seal`] was given; nothing when the key is another one or a bit is.
pub(crate) fn unseal(key: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, bytes) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut bytes = bytes.to_vec();
    let length = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(b""), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_it_and_only_whole() {
        let once = seal(&[1; 32], b"a secret".to_vec());
        assert_eq!(unseal(&[1; 32], &once).as_deref(), Some(b"a secret".as_slice()));
        assert_ne!(once, seal(&[1; 32], b"a secret".to_vec()), "never the same nonce");
        assert_eq!(unseal(&[2; 32], &once), None);
        for place in 0..once.len() {
            let mut other = once.clone();
            other[place] ^= 1;
            assert_eq!(unseal(&[1; 32], &other), None);
        }
        assert_eq!(unseal(&[1; 32], &once[..8]), None);
    }
}
