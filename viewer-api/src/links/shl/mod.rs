//! A link's second form, for standard readers (SMART Health Cards and Links 1.0.0): its manifest and the manifest's files.
//!
//! A reader posts the PIN to the manifest's address and gets files that only the link's key opens: the studies as FHIR, and their
//! reports. The images come from the DICOMweb routes of the link's page, with the token that the studies' file has in it.

mod cors;
mod fhir;
mod files;
mod manifest;
mod person;
mod report;
mod studies;

pub(super) use cors::for_everybody;

use super::{App, answers};
use axum::{
    Router, middleware,
    routing::{get, post},
};
use std::sync::Arc;
use study_links::MANIFESTS;
use tokio::sync::Semaphore;

/// Files made at once: each may hold a document in memory several times over.
const MADE_AT_ONCE: usize = 2;

/// What the handlers have.
#[derive(Clone)]
struct Offer {
    app: App,
    making: Arc<Semaphore>,
}

/// The manifests and their files.
pub(super) fn routes(app: App) -> Router {
    let making = Arc::new(Semaphore::new(MADE_AT_ONCE));
    Router::new()
        .route(&format!("{MANIFESTS}{{manifest}}"), post(manifest::manifest))
        .route(&format!("{MANIFESTS}file/{{files}}"), get(files::studies))
        .route(&format!("{MANIFESTS}file/{{files}}/{{study}}/{{series}}/{{instance}}"), get(files::report))
        .layer(middleware::from_fn(answers::headers))
        .layer(middleware::from_fn(for_everybody))
        .with_state(Offer { app, making })
}
