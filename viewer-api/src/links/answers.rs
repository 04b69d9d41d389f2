//! What every answer about a link says to browsers.

use axum::{extract::Request, http::HeaderValue, middleware::Next, response::Response};

/// The page's own files, pictures from memory, and nothing else of anybody's.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                                 connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
                                 frame-ancestors 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

/// A middleware: these headers, unless the answer says otherwise.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    dressed(next.run(request).await)
}

/// An answer with these headers.
pub(crate) fn dressed(mut response: Response) -> Response {
    let out = response.headers_mut();
    for (name, value) in HEADERS {
        out.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
