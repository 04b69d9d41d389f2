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
pub(crate) fn refuse_foreign(request: &Request) -> Result<(), Refusal> {
    if origin::is_foreign(request) {
        return Err(Refusal::OtherOrigin);
    }
    if origin::is_json(request.headers()) { Ok(()) } else { Err(Refusal::NotJson) }
}

/// Reads a body, so much and so long.
pub(crate) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    read_at_most(body, MAX_BODY_BYTES).await
}

/// Reads a body of so many bytes at most.
pub(crate) async fn read_at_most<T: DeserializeOwned>(body: Body, max_bytes: usize) -> Result<T, Refusal> {
    let bytes = tokio::time::timeout(BODY_TIME, to_bytes(body, max_bytes)).await;
    let bytes = bytes.ok().and_then(Result::ok).ok_or(Refusal::TooLarge)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
