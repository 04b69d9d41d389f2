//! Small bodies in JSON that our own page sends.

use super::{origin, refusal::Refusal};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The longest body.
const MAX_BODY_BYTES: usize = 4096;
/// Time for it to come.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Refuses what another origin's page sent, and what is no JSON.
pub(super) fn refuse_foreign(request: &Request) -> Result<(), Refusal> {
    if origin::is_foreign(request) {
        return Err(Refusal::OtherOrigin);
    }
    if origin::is_json(request.headers()) { Ok(()) } else { Err(Refusal::NotJson) }
}

/// Reads a body, so much and so long.
pub(super) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let bytes = tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY_BYTES)).await;
    let bytes = bytes.ok().and_then(Result::ok).ok_or(Refusal::TooLarge)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
