//! Answers whose bytes never change: with an entity tag, not sent again to whoever has them, and in ranges where their
//! length is known (RFC 9110 13.1, 14).

use super::{headers, request::Asker, streams};
use crate::error::Error;
use ::dicomweb::ByteRange;
use archive::{Body, Version};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::TryStreamExt;
use std::ops::Range;

/// The entity tag of a version in one packaging.
pub(super) fn etag(version: &Version, packaging: &str) -> String {
    format!("\"{version}-{packaging}\"")
}

/// What a client hears that has the answer already.
pub(super) fn not_modified(asker: &Asker, etag: &str) -> Result<Option<Response>, Error> {
    if !headers::has(&asker.headers, etag) {
        return Ok(None);
    }
    Ok(Some((StatusCode::NOT_MODIFIED, [(header::ETAG, headers::value(etag)?)]).into_response()))
}

/// An answer of so many bytes, or the range of it that was asked for. Its first bytes are waited for.
pub(super) async fn answer(
    asker: &Asker,
    etag: &str,
    content_type: &str,
    length: u64,
    bytes: impl FnOnce(Range<u64>) -> Body,
) -> Result<Response, Error> {
    let asked = match asked(asker, etag, length) {
        ByteRange::Unsatisfiable => return Err(Error::Unsatisfiable(length)),
        ByteRange::Whole => None,
        ByteRange::Part(range) => Some(range),
    };
    let range = asked.clone().unwrap_or(0..length);
    let fixed = [
        (header::CONTENT_TYPE, headers::value(content_type)?),
        (header::ACCEPT_RANGES, headers::value("bytes")?),
        (header::CONTENT_LENGTH, (range.end - range.start).into()),
        (header::ETAG, headers::value(etag)?),
    ];
    let body = streams::begin_body(bytes(range)).await?;
    let mut response = (fixed, streams::body(body.map_err(Error::from))).into_response();
    if let Some(Range { start, end }) = asked {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let content_range = format!("bytes {start}-{}/{length}", end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, headers::value(content_range)?);
    }
    Ok(response)
}

/// The range of a request; all, when the client wants it of another version only (RFC 9110 13.1.5).
fn asked(asker: &Asker, etag: &str, length: u64) -> ByteRange {
    let text = |name| asker.headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::IF_RANGE) {
        Some(condition) if condition.trim() != etag => ByteRange::Whole,
        _ => ByteRange::parse(text(header::RANGE), length),
    }
}
