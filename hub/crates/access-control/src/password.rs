//! Passwords of local accounts: Argon2id (RFC 9106), 19 MiB, two passes, one lane.

use crate::{error::BadPassword, token::Token};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use std::sync::OnceLock;

/// The fewest and the most bytes of a password.
pub const MIN_LENGTH: usize = 8;
/// See [`MIN_LENGTH`].
pub const MAX_LENGTH: usize = 1024;

/// The hash of a password in PHC form, with a salt of its own. Takes tens of milliseconds of a core.
///
/// # Errors
/// [`BadPassword`] when it is shorter than [`MIN_LENGTH`] or longer than [`MAX_LENGTH`].
pub fn hash(password: &str) -> Result<String, BadPassword> {
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&password.len()) {
        return Err(BadPassword);
    }
    let salt = SaltString::encode_b64(&Token::generate().bytes()[..16]).map_err(|_| BadPassword)?;
    hasher().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|_| BadPassword)
}

/// Whether the password is the one of the hash. Takes as long as [`hash`], whatever the answer.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    password.len() <= MAX_LENGTH && hasher().verify_password(password.as_bytes(), &parsed).is_ok()
}

/// Takes as long as [`verify`] and is never true: what is asked when there is no such account.
pub fn verify_dummy(password: &str) -> bool {
    static DUMMY: OnceLock<String> = OnceLock::new();
    let dummy = DUMMY.get_or_init(|| hash("a password of nobody").unwrap_or_default());
    verify(password, dummy);
    false
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are in the allowed range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let one = hash("correct horse").unwrap();
        assert_ne!(one, hash("correct horse").unwrap(), "each has its salt");
        assert!(verify("correct horse", &one));
        assert!(!verify("correct horsf", &one) && !verify("", &one) && !verify("x", "no hash"));
        assert!(!verify_dummy("a password of nobody"));
        assert!(hash("short").is_err() && hash(&"x".repeat(MAX_LENGTH + 1)).is_err());
    }
}
