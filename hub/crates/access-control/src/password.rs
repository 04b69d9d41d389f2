//! Passwords of local accounts: Argon2id (RFC 9106), 19 MiB, two passes, one lane.
//!
//! The memory is kept from one run to the next: given back and taken again on one thread after another, 19 MiB would stay
//! with the allocator once for each of them.

use crate::{error::BadPassword, token::Token};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString},
};
use std::sync::{Mutex, OnceLock, PoisonError};

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
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params()).map_err(|_| BadPassword)?,
        salt: Some(salt.as_salt()),
        hash: Some(digest(password, salt.as_salt(), params(), Params::DEFAULT_OUTPUT_LEN).ok_or(BadPassword)?),
    };
    Ok(hash.to_string())
}

/// Whether the password is the one of the hash. Takes as long as [`hash`], whatever the answer.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    let (Ok(params), Some(salt), Some(expected)) = (Params::try_from(&parsed), parsed.salt, parsed.hash) else {
        return false;
    };
    if password.len() > MAX_LENGTH || parsed.algorithm != Algorithm::Argon2id.ident() {
        return false;
    }
    // outputs compare in constant time
    digest(password, salt, params, expected.len()).is_some_and(|found| found == expected)
}

/// Takes as long as [`verify`] and is never true: what is asked when there is no such account.
pub fn verify_dummy(password: &str) -> bool {
    static DUMMY: OnceLock<String> = OnceLock::new();
    let dummy = DUMMY.get_or_init(|| hash("a password of nobody").unwrap_or_default());
    verify(password, dummy);
    false
}

fn params() -> Params {
    Params::new(19 * 1024, 2, 1, None).expect("these parameters are in the allowed range")
}

/// One run, in memory of an earlier one where there is some.
fn digest(password: &str, salt: Salt<'_>, params: Params, length: usize) -> Option<Output> {
    static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(vec![]);
    let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let mut memory = kept().pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let found = Output::init_with(length, |out| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory.as_mut_slice())?)
    });
    // as many as ran at once: callers bound that
    kept().push(memory);
    found.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    #[test]
    fn the_library_makes_and_takes_the_same_hashes() {
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params());
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let theirs = library.hash_password(b"correct horse", &salt).unwrap().to_string();
        assert!(verify("correct horse", &theirs) && !verify("correct horsf", &theirs));
        let ours = hash("correct horse").unwrap();
        assert!(library.verify_password(b"correct horse", &PasswordHash::new(&ours).unwrap()).is_ok());
    }

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
