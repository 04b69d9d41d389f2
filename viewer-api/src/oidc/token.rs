//! Signatures of tokens (RFC 7515), with the keys of their issuer only.

use super::{claims::Claims, error::Error};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, jwk::JwkSet};

/// The longest token.
pub(super) const MAX_TOKEN_BYTES: usize = 16 << 10;
/// Signatures with a key that only the issuer has. None with a secret that both have, and never none at all: the token says
/// which it uses, and must not be able to choose one that anybody can make.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token says of itself, before anything of it is believed.
///
/// # Errors
/// When it is none, or names an algorithm that is not allowed.
pub(super) fn header(token: &str) -> Result<Header, Error> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Error::Token("length"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Token("form"))?;
    if ALGORITHMS.contains(&header.alg) { Ok(header) } else { Err(Error::Token("algorithm")) }
}

/// The key that a header names; the only one there is when it names none.
pub(super) fn key(keys: &JwkSet, header: &Header) -> Option<DecodingKey> {
    let named = match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    DecodingKey::from_jwk(named).ok()
}

/// The claims of a token, when the signature is the key's.
///
/// # Errors
/// When it is not.
pub(super) fn verify(token: &str, header: &Header, key: &DecodingKey) -> Result<Claims, Error> {
    let mut validation = Validation::new(header.alg);
    // times, issuer and audience are looked at beside this, by the hub's clock
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode(token, key, &validation).map_err(|_| Error::Token("signature"))?;
    Ok(Claims(decoded.claims))
}
