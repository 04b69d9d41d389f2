//! Headers that every answer has.

use super::App;
use crate::error::Error;
use ::dicomweb::{Base, DICOM_JSON, Warning};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use imaging_domain::TransferSyntaxUid;

/// Answers are about patients: nobody keeps them. Thumbnails say otherwise themselves.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store, private");
/// What a viewer on another origin reads of an answer (Cornerstone3D, OHIF).
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Content-Type, Content-Range, Content-Length, Content-Location, Location, Accept-Ranges, ETag, Warning, Retry-After",
);
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A layer: sets them, and answers preflights of allowed origins (Fetch standard 3.2).
pub(super) async fn set(State(app): State<App>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN);
    let is_allowed =
        |origin: &&HeaderValue| app.config.allowed_origins.iter().any(|allowed| **origin == allowed.as_str());
    let origin = origin.filter(is_allowed).cloned();
    let asks_before = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if origin.is_some() && request.method() == Method::OPTIONS && asks_before {
        preflight()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // OHIF on a port of its own is the same site; anybody farther away needs an allowed origin.
    headers.insert(CORP, HeaderValue::from_static("same-site"));
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    headers.append(header::VARY, HeaderValue::from_static("Origin, Accept"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Texts are worth compressing; files, frames and pictures are compressed already or streamed as they are.
pub(crate) fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let xml = |value: &HeaderValue| value.as_bytes().starts_with(b"multipart/related; type=\"application/dicom+xml\"");
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == DICOM_JSON || value == "application/json" || xml(value))
}

/// A media type with a transfer syntax; a text that is no UID (it comes from a file, and files lie) is left out.
pub(super) fn content_type(media_type: &str, transfer_syntax: &str) -> String {
    match TransferSyntaxUid::parse(transfer_syntax) {
        Ok(uid) => format!("{media_type}; transfer-syntax={uid}"),
        Err(_) => media_type.to_owned(),
    }
}

/// A text of ours as a header value.
pub(super) fn value(text: impl AsRef<str>) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text.as_ref()).map_err(|_| Error::Unwritable)
}

/// Adds a `Warning` header for each complaint.
pub(super) fn warn(response: &mut Response, base: &Base, warnings: &[Warning]) -> Result<(), Error> {
    for warning in warnings {
        response.headers_mut().append(header::WARNING, value(warning.header_value(base.as_str()))?);
    }
    Ok(())
}

/// Whether the client has what an entity tag names, or any version at all, `*` (RFC 9110 13.1.2).
pub(super) fn has(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    lines.any(|line| line.trim() == "*" || line.split(',').any(|tag| bare(tag) == bare(etag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_cannot_spoil_a_header() {
        assert_eq!(
            content_type("image/jp2", "1.2.840.10008.1.2.4.90"),
            "image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90"
        );
        assert_eq!(content_type("application/dicom", "1.2\r\nX: y"), "application/dicom");
    }
}
