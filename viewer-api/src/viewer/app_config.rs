//! OHIF's configuration, as the script that its page loads before anything else.

use axum::{http::header, response::IntoResponse};

/// `GET /app-config.js`. Images come from the routes beside it and from nowhere else. Whatever OHIF would load at run time
/// from an address in its own (`url`, `configUrl`) has no data source here.
pub(super) async fn app_config() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], SCRIPT)
}

const SCRIPT: &str = include_str!("../../../config/ohif.js");
