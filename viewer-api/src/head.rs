//! Answers to HEAD: the head alone of what GET gives (RFC 9110 9.3.2).

use axum::{body::Body, http::header, response::Response};
use futures_util::stream;
use std::convert::Infallible;

/// Of an answer whose length nobody knows before it is made: it has none, where an empty body would have 0
/// (RFC 9110 8.6).
pub(crate) fn without_a_false_length(response: Response) -> Response {
    if !response.status().is_success() || response.headers().contains_key(header::CONTENT_LENGTH) {
        return response;
    }
    response.map(|_| Body::from_stream(stream::empty::<Result<Vec<u8>, Infallible>>()))
}
