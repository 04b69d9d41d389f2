//! Study links for those who make them: people at the web listener (`/api/links`), hospitals at theirs (`/links`).
//!
//! The same routes at both; who asks is what the session or the certificate proved. What opens a link, its address and its
//! PIN, is in the answer that made it and never again.

mod make;
mod tend;
mod told;

use axum::{
    Router,
    http::{HeaderValue, header},
    routing::{get, post},
};
use study_links::StudyLinks;
use tower_http::set_header::SetResponseHeaderLayer;

/// What every handler has.
#[derive(Clone)]
struct App {
    links: StudyLinks,
    clock: fn() -> i64,
}

/// `/links` and what is below it. A `Principal` is expected among the request's extensions; without one the request is
/// nobody's.
pub fn router(links: StudyLinks, clock: fn() -> i64) -> Router {
    Router::new()
        .route("/links", get(tend::list).post(make::make))
        .route("/links/{id}", get(tend::history))
        .route("/links/{id}/extend", post(tend::extend))
        .route("/links/{id}/revoke", post(tend::revoke))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .with_state(App { links, clock })
}
