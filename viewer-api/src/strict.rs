//! `Strict-Transport-Security` (RFC 6797), where browsers trust the certificate that is shown.

use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower_http::set_header::SetResponseHeaderLayer;

/// A year, for this host and none below it.
const POLICY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The router, whose every answer tells browsers to come over TLS alone and to bear no other certificate.
pub fn strict_transport(router: Router) -> Router {
    router.layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, POLICY))
}
