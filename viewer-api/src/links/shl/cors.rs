//! Readers in browsers come from any origin. They are known by what they were given, never by a cookie.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const EXPOSED: HeaderValue =
    HeaderValue::from_static("Content-Type, Content-Range, Content-Length, Accept-Ranges, ETag, Warning, Retry-After");

/// A middleware: any page may read the answers, and no browser adds credentials to such a request (Fetch standard 3.2.5: `*` is
/// not for them).
pub(in crate::links) async fn for_everybody(request: Request, next: Next) -> Response {
    let asks_before = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if request.method() == Method::OPTIONS && asks_before {
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Authorization, Content-Type, If-None-Match, Range"),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        (StatusCode::NO_CONTENT, headers).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}
