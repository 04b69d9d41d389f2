//! OHIF on a listener of its own: its files, its configuration made by the hub, and the door before it.
//!
//! Its build expects the root of its origin, so it cannot share one with our pages. Cookies do not know ports: the session
//! of the pages is its session. Whoever has none gets the sign-in page at the address that was asked for, and the viewer
//! at the same address afterwards; no address is handed around. OHIF itself is fetched by the hub's command line and is
//! *not* in this crate; the images come from the DICOMweb routes mounted beside it.

mod app_config;
mod door;
mod files;
mod policy;
#[cfg(test)]
mod tests;

use crate::pages::{self, Backing, Config as PagesConfig};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use files::Files;
use std::{io, path::Path, sync::Arc};

/// The page of the viewer.
const INDEX: &str = "index.html";

struct Viewer {
    files: Files,
    /// Content-Security-Policy of every answer.
    policy: HeaderValue,
}

/// Routes of the viewer's listener, without the DICOMweb ones: OHIF's files, unpacked in `folder`, and what signing in
/// needs. A `Principal` is expected among the request's extensions, as [`identify`](crate::identify) puts it there.
///
/// # Errors
/// When the folder cannot be read or has no page.
pub fn router(folder: &Path, backing: Backing, config: PagesConfig) -> io::Result<Router> {
    Ok(routes(viewer(folder)?, pages::api_router(backing, config)))
}

/// Routes of the viewer for holders of study links, without the DICOMweb ones: no sign-in, and a page for holders alone.
///
/// # Errors
/// As [`router`].
pub(crate) fn linked_router(folder: &Path) -> io::Result<Router> {
    Ok(routes(viewer(folder)?, Router::new()))
}

fn viewer(folder: &Path) -> io::Result<Viewer> {
    let files = Files::below(folder)?;
    let page = files.text(INDEX)?;
    Ok(Viewer { files, policy: policy::policy(&page) })
}

fn routes(viewer: Viewer, api: Router) -> Router {
    let viewer = Arc::new(viewer);
    Router::new()
        .route("/app-config.js", get(app_config::app_config))
        .fallback(file_or_page)
        .with_state(viewer.clone())
        .layer(middleware::from_fn_with_state(viewer, headers))
        .merge(api)
}

/// A file of OHIF's, one of ours that the door needs, or a page of OHIF's own router: any address without an ending.
async fn file_or_page(State(viewer): State<Arc<Viewer>>, request: Request) -> Response {
    // a body may not cross from thread to thread by reference, and none is read
    let (asked, _) = request.into_parts();
    if asked.method != Method::GET && asked.method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = asked.uri.path().trim_start_matches('/');
    if let Some(answer) = viewer.files.answer(path, &asked.headers).await.filter(|_| path != INDEX) {
        return answer;
    }
    if let Some(ours) = path.strip_prefix("assets/").and_then(|path| pages::asset(path, &asked.headers)) {
        return ours;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') && path != INDEX {
        return StatusCode::NOT_FOUND.into_response();
    }
    door::page(&viewer.files, &asked).await
}

/// What every answer says. The page is isolated from others, so that OHIF may share memory between its threads.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

async fn headers(State(viewer): State<Arc<Viewer>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let out = response.headers_mut();
    for (name, value) in HEADERS {
        out.insert(*name, HeaderValue::from_static(value));
    }
    out.insert(header::CONTENT_SECURITY_POLICY, viewer.policy.clone());
    out.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
