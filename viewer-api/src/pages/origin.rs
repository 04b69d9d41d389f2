//! Whether a request that changes something comes from our own page (CSRF).
//!
//! `SameSite=Strict` keeps the cookie from other sites, but another port of the same host is the same site; so the
//! browser's own word about the origin is asked for as well (Fetch Metadata; RFC 6454 7).

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header},
};

/// Whether a browser says that another origin sent this. What is not a browser says neither, and has no cookie that it
/// was not given.
pub(crate) fn is_foreign<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let site = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin");
    let origin = headers.get(header::ORIGIN).is_some_and(|origin| {
        let authority = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()?.into_parts().authority);
        authority.is_none() || authority.as_ref().map(|a| a.as_str()) != own_authority(request)
    });
    site || origin
}

/// Whether the body is said to be JSON, which a form of another page cannot say.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

/// HTTP/2 names the authority in its own pseudo header, HTTP/1.1 in `Host`.
pub(crate) fn own_authority<B>(request: &Request<B>) -> Option<&str> {
    let host = || request.headers().get(header::HOST)?.to_str().ok();
    request.uri().authority().map(|authority| authority.as_str()).or_else(host)
}
