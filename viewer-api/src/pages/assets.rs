//! The page's files, embedded in the program.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::hash::{DefaultHasher, Hasher};
use tower_http::compression::CompressionLayer;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One file of `web/`.
#[derive(Debug)]
pub(super) struct Asset {
    /// Its path inside `web/`.
    pub(super) path: &'static str,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its bytes.
    pub(super) bytes: &'static [u8],
}

macro_rules! assets {
    ($($path:literal $media_type:ident),+ $(,)?) => {
        &[$(Asset {
            path: $path,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../web/", $path)),
        }),+]
    };
}

/// Every file of `web/`.
pub(super) const ASSETS: &[Asset] = assets![
    "index.html" HTML,
];

/// The page at `/`, the other files at `/assets/`.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| answer("index.html", &headers)))
        .route("/assets/{*path}", get(async |Path(path): Path<String>, headers: HeaderMap| answer(&path, &headers)))
        .layer(CompressionLayer::new())
}

/// Files have no version in their names, so a browser asks each time whether its own is still the one.
fn answer(path: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = etag(asset.bytes);
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_named(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, asset.media_type)], asset.bytes).into_response()
}

/// Weak, because the compressed form is the same file (RFC 9110 8.8.1).
fn etag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let text = format!("W/\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

fn is_named(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
    let mut names = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    names.any(|name| name == b"*" || name == etag.as_bytes())
}
