//! The page of a link and its files.

use super::answers;
use crate::pages;
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::compression::CompressionLayer;

/// The page, below `web/`.
const INDEX: &str = "patient/index.html";

/// `/s` and `/s/assets/`; whoever comes without a link's address to the root is sent to the page, which says so.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/s", get(async |headers: HeaderMap| found(pages::asset(INDEX, &headers))))
        .route("/s/", get(async || Redirect::permanent("/s")))
        .route("/s/assets/{name}", get(file))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(answers::headers))
}

/// Files of the page's own folder come before those it shares with other pages.
async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    found(pages::asset(&format!("patient/{name}"), &headers).or_else(|| pages::asset(&name, &headers)))
}

fn found(answer: Option<Response>) -> Response {
    answer.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}
