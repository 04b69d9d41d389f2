//! The provider's keys: read when they are needed, and again when a token names one that is not among them, which is how
//! keys are changed, but never more often than tokens of strangers could make us ask.

use super::{error::Error, http::Client, token};
use jsonwebtoken::{DecodingKey, Header, jwk::JwkSet};
use serde_json::Value;
use tokio::sync::Mutex;

/// The shortest time between two readings.
pub(super) const FLOOR_MS: i64 = 30_000;
/// How long keys are good without another look, so that a key that was taken back ends.
const MAX_AGE_MS: i64 = 3_600_000;
/// The most keys of a provider.
const MAX_KEYS: usize = 64;

#[derive(Default)]
pub(super) struct Keys(Mutex<State>);

#[derive(Default)]
struct State {
    keys: Option<JwkSet>,
    /// When they came.
    read_ms: i64,
    /// When they were last asked for, whether they came or not.
    asked_ms: Option<i64>,
}

impl Keys {
    /// The key that a token's header names.
    pub(super) async fn find(
        &self,
        client: &Client,
        address: &str,
        header: &Header,
        now_ms: i64,
    ) -> Result<DecodingKey, Error> {
        let mut state = self.0.lock().await;
        // a clock that was set back makes nothing young
        let is_young = |since_ms: i64, limit: i64| (0..limit).contains(&now_ms.saturating_sub(since_ms));
        let known = state.keys.as_ref().and_then(|keys| token::key(keys, header));
        match known {
            Some(key) if is_young(state.read_ms, MAX_AGE_MS) => return Ok(key),
            _ if state.asked_ms.is_some_and(|asked_ms| is_young(asked_ms, FLOOR_MS)) => {
                let is_read = state.keys.is_some();
                return known.ok_or(if is_read { Error::Token("key") } else { Error::Unreachable("its keys".into()) });
            }
            _ => {}
        }
        state.asked_ms = Some(now_ms);
        match client.get(address).await.and_then(|answer| read(&answer)) {
            Ok(keys) => (state.keys, state.read_ms) = (Some(keys), now_ms),
            // what is known goes on while the provider is away
            Err(error) => return known.ok_or(error),
        }
        state.keys.as_ref().and_then(|keys| token::key(keys, header)).ok_or(Error::Token("key"))
    }
}

/// The keys of a set that we can use; others are passed over (RFC 7517 5).
fn read(answer: &Value) -> Result<JwkSet, Error> {
    let keys = answer.get("keys").and_then(Value::as_array);
    let keys = keys.filter(|keys| keys.len() <= MAX_KEYS).ok_or(Error::Unreachable("no set of keys".into()))?;
    let signs = |key: &&Value| key.get("use").is_none_or(|purpose| purpose == "sig");
    let keys = keys.iter().filter(signs).filter_map(|key| serde_json::from_value(key.clone()).ok());
    Ok(JwkSet { keys: keys.collect() })
}
