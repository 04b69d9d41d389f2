//! PINs: six digits, digested with a secret that is kept outside of the index.
//!
//! A million PINs are tried in no time by whoever has the index. So what is hashed (Argon2id) is not the PIN but its keyed
//! digest (HMAC-SHA-256), and the key lies in a file of its own.

use access_control::password;
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use imaging_domain::LinkId;
use rand::{TryRngCore, rngs::OsRng};
use std::sync::Arc;

/// Digits of a PIN.
pub(crate) const DIGITS: usize = 6;

/// The secret. Cheap to clone; `Debug` shows nothing.
#[derive(Clone)]
pub struct Pepper(Arc<hmac::Key>);

impl Pepper {
    /// The secret of these bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// What stands for a PIN of a link. The link's name is in it, so that equal PINs do not look alike.
    fn digest(&self, link: &LinkId, pin: &str) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(link.as_str().as_bytes());
        context.update(b":");
        context.update(pin.as_bytes());
        STANDARD_NO_PAD.encode(context.sign())
    }

    /// A key for one use with one link, of so many parts of fixed length. What is digested begins otherwise than for PINs.
    pub(crate) fn derived(&self, what_for: &'static str, link: &LinkId, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [what_for.as_bytes(), b"/", link.as_str().as_bytes(), b"/"].iter().chain(parts) {
            context.update(part);
        }
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
    }

    /// The hash that is kept. Takes tens of milliseconds of a core.
    pub(crate) fn hash(&self, link: &LinkId, pin: &str) -> String {
        password::hash(&self.digest(link, pin)).expect("a digest is neither too short nor too long")
    }

    /// Whether a PIN is the link's. Takes as long as [`hash`](Self::hash).
    pub(crate) fn verify(&self, link: &LinkId, pin: &str, hash: &str) -> bool {
        password::verify(&self.digest(link, pin), hash)
    }
}

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper(***)")
    }
}

/// A new PIN, each as likely as any other.
///
/// # Panics
/// When the system has no randomness: nothing secret can be made then.
pub(crate) fn generate() -> String {
    const BOUND: u32 = 10_u32.pow(DIGITS as u32);
    // the largest multiple of the bound, so that the remainder prefers no PIN
    const FAIR: u32 = u32::MAX - u32::MAX % BOUND;
    loop {
        let number = OsRng.try_next_u32().expect("a system without randomness can keep no secret");
        if number < FAIR {
            return format!("{:0width$}", number % BOUND, width = DIGITS);
        }
    }
}

/// The PIN somebody typed: its digits, with the blanks and dashes people put in and digits of full width.
pub(crate) fn typed(text: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        out.push(match c {
            '0'..='9' => c,
            '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xff10 + u32::from('0'))?,
            _ => return None,
        });
        if out.len() > DIGITS {
            return None;
        }
    }
    (out.len() == DIGITS).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_of_its_link_and_its_pepper() {
        let (pepper, other) = (Pepper::new(&[1; 32]), Pepper::new(&[2; 32]));
        let (link, second) = (LinkId::of_bytes([1; 8]), LinkId::of_bytes([2; 8]));
        let hash = pepper.hash(&link, "012345");
        assert!(pepper.verify(&link, "012345", &hash));
        assert!(!pepper.verify(&link, "012346", &hash));
        assert!(!pepper.verify(&second, "012345", &hash));
        assert!(!other.verify(&link, "012345", &hash), "a stolen index is not enough");
    }

    #[test]
    fn pins_are_six_digits_however_typed() {
        for _ in 0..1000 {
            let pin = generate();
            assert_eq!(typed(&pin), Some(pin));
        }
        assert_eq!(typed(" 012 345 ").as_deref(), Some("012345"));
        assert_eq!(typed("012-345").as_deref(), Some("012345"));
        assert_eq!(typed("０１２３４５").as_deref(), Some("012345"));
        for bad in ["", "12345", "1234567", "12345a", "' OR 1", "١٢٣٤٥٦"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
