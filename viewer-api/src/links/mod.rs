//! The public listener: what the holder of a study link gets.
//!
//! The page is at `/s`, the same for every link: the secret stands in the fragment, which no browser sends. It comes once, with
//! the PIN, in the body of `POST /s/api/open`, and leads to a session whose cookie is for `/s` alone. Pictures come from the
//! DICOMweb routes below `/s/dicomweb`, where the session's principal sees the link's studies and nothing else. Standard
//! readers get the same in their own form (`shl/`). The full viewer, for a doctor the study is shown to, is at the root of the origin with DICOMweb routes of its own; its cookie is
//! another one, for one study. Who may see what is decided by `archive`; links are opened by `study_links`.

mod answers;
mod attempts;
mod contents;
mod download;
mod guard;
mod once;
mod open;
mod page;
mod professional;
mod proof;
mod refusal;
mod series;
mod session;
mod shl;

pub(crate) use answers::dressed;
pub(crate) use page::routes as page_routes;
pub(crate) use refusal::Refusal;

use crate::{dicomweb, viewer};
use archive::Archive;
use attempts::Attempts;
use axum::{
    Router,
    http::Extensions,
    middleware,
    routing::{get, post},
};
use once::Once;
use std::{collections::BTreeMap, io, net::IpAddr, path::Path, sync::Arc};
use study_links::StudyLinks;
use tower_http::compression::CompressionLayer;

/// How the public listener is offered.
#[derive(Debug, Clone)]
pub struct Config {
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
    /// Where a request came from, as the accept loop noted it among the request's extensions.
    pub peer: fn(&Extensions) -> Option<IpAddr>,
    /// What the page always says of itself, by language (`zh`, `en`, `es`): that it is for viewing, not for diagnosis.
    pub notice: BTreeMap<String, String>,
}

/// What every handler has.
#[derive(Clone)]
struct App {
    links: StudyLinks,
    archive: Archive,
    config: Arc<Config>,
    attempts: Arc<Attempts>,
    once: Arc<Once>,
    /// The DICOMweb routes, for the download.
    images: Router,
    has_viewer: bool,
}

/// Everything of the public listener; with the full viewer, unpacked in `viewer`, when there is one.
///
/// # Errors
/// When the viewer's folder cannot be read or has no page.
pub fn router(links: StudyLinks, archive: Archive, config: Config, viewer: Option<&Path>) -> io::Result<Router> {
    let images = dicomweb::router(archive.clone(), dicomweb::Config::default());
    let has_viewer = viewer.is_some();
    let config = Arc::new(config);
    let (attempts, once) = (Arc::default(), Arc::default());
    let app = App { links, archive, config, attempts, once, images: images.clone(), has_viewer };
    let own_images = Router::new()
        .nest("/s/dicomweb", images.clone())
        .layer(middleware::from_fn_with_state(app.clone(), session::identify_on_page))
        .layer(middleware::from_fn(shl::for_everybody));
    let out = Router::new().merge(page::routes()).merge(api(app.clone())).merge(shl::routes(app.clone()));
    let out = out.merge(own_images);
    let Some(folder) = viewer else { return Ok(out) };
    let professional = Router::new()
        .nest("/dicomweb", images)
        .merge(viewer::linked_router(folder)?)
        .layer(middleware::from_fn_with_state(app, session::identify_in_viewer));
    Ok(out.merge(professional))
}

fn api(app: App) -> Router {
    Router::new()
        .route("/s/api/open", post(open::open))
        .route("/s/api/leave", post(open::leave))
        .route("/s/api/link", get(contents::link))
        .route("/s/api/alive", get(session::alive))
        .route("/s/api/series", get(series::series))
        .route("/s/api/download", get(download::download))
        .route("/s/api/professional", post(professional::professional))
        .layer(CompressionLayer::new().compress_when(dicomweb::is_text))
        .layer(middleware::from_fn(answers::headers))
        .with_state(app)
}
