//! Sign-ins that were begun: kept here, not in the browser, until the provider sends it back or ten minutes are over.

use super::error::Error;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long somebody may take at the provider.
pub(super) const LASTS_MS: i64 = 600_000;
/// Sign-ins begun at once; beyond that the oldest is forgotten. Less than a megabyte.
const MAX_PENDING: usize = 1024;

/// One that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Begun {
    /// What the ID token has to repeat.
    pub(super) nonce: String,
    /// What the code is redeemed with (RFC 7636 4.1).
    pub(super) verifier: String,
    /// Where to on our origin afterwards.
    pub(super) to: String,
    /// What the browser that began it has in its cookie; only that browser may end it.
    pub(super) browser: String,
    began_ms: i64,
}

#[derive(Default)]
pub(super) struct Pending(Mutex<HashMap<String, Begun>>);

impl Pending {
    /// Begins one; gives its state, too.
    pub(super) fn begin(&self, to: &str, now_ms: i64) -> (String, Begun) {
        let begun =
            Begun { nonce: secret(), verifier: secret(), to: to.to_owned(), browser: secret(), began_ms: now_ms };
        let state = secret();
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= MAX_PENDING {
            pending.retain(|_, begun| lasts(begun, now_ms));
        }
        if pending.len() >= MAX_PENDING
            && let Some(oldest) = pending.iter().min_by_key(|(_, begun)| begun.began_ms).map(|(state, _)| state.clone())
        {
            pending.remove(&oldest);
        }
        pending.insert(state.clone(), begun.clone());
        (state, begun)
    }

    /// Ends one, once: for the browser that began it.
    pub(super) fn end(&self, state: &str, browser: Option<&str>, now_ms: i64) -> Result<Begun, Error> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(state);
        let begun = begun.filter(|begun| lasts(begun, now_ms) && Some(begun.browser.as_str()) == browser);
        begun.ok_or(Error::NotBegun)
    }
}

fn lasts(begun: &Begun, now_ms: i64) -> bool {
    (0..LASTS_MS).contains(&now_ms.saturating_sub(begun.began_ms))
}

/// What the provider is shown of a verifier (RFC 7636 4.2, S256).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// 256 random bits in 43 characters.
fn secret() -> String {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).expect("a system without randomness can keep no secret");
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_once_in_time_and_in_its_browser() {
        let pending = Pending::default();
        let (state, begun) = pending.begin("/viewer", 0);
        assert_eq!(pending.end(&state, Some(&begun.browser), LASTS_MS - 1).unwrap(), begun);
        assert!(pending.end(&state, Some(&begun.browser), 1).is_err(), "a second time");
        for (browser, now_ms) in [(None, 1), (Some("other"), 1), (Some("own"), LASTS_MS), (Some("own"), -1)] {
            let (state, begun) = pending.begin("/", 0);
            let browser = browser.map(|browser| if browser == "own" { begun.browser.as_str() } else { browser });
            assert!(matches!(pending.end(&state, browser, now_ms), Err(Error::NotBegun)), "{browser:?} {now_ms}");
        }
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let pending = Pending::default();
        let mut last = None;
        for n in 0..2 * MAX_PENDING {
            last = Some(pending.begin("/", n as i64));
        }
        assert_eq!(pending.0.lock().unwrap().len(), MAX_PENDING);
        let (state, begun) = last.unwrap();
        assert!(pending.end(&state, Some(&begun.browser), 2 * MAX_PENDING as i64).is_ok());
    }

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_the_rfc_s() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
