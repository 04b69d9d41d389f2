//! DICOMweb (PS3.18 chapters 9 to 11 and 13): which route is which use case.
//!
//! Transfer syntaxes: who names none gets explicit little endian, who names `*` what is stored; which other ones can be
//! made is decided in `negotiated.rs` after `dicomweb::Accept`.

mod bulk_data;
mod bulk_parts;
mod commitment;
mod description;
mod found;
mod frames;
mod gone;
mod headers;
mod metadata;
mod negotiated;
mod ranges;
mod rendered;
mod request;
mod retrieve;
mod search;
mod single;
mod store;
mod streams;
#[cfg(test)]
mod tests;
mod use_cases;
mod wado_uri;
mod worklist;
mod zip;

use crate::{
    error::{self, Error},
    oidc::{self, Bearer},
};
use ::dicomweb::Base;
pub use ::dicomweb::PictureType;
use archive::Archive;
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath},
    http::Request,
    middleware,
    response::Response,
    routing::{get, post},
};
pub use description::router as description_router;
pub(crate) use headers::is_text;
pub use rendered::{default_thumbnail, thumbnail_settings};
use std::{sync::Arc, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    trace::TraceLayer,
};
use tracing::Span;
use use_cases::UseCases;

/// How the routes are offered.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where clients see the routes, the path they are mounted at included. When absent, `RetrieveURL` and
    /// `BulkDataURI` begin with the authority that the request itself named.
    pub public_base: Option<Base>,
    /// `host:port` that the routes are reached at, for requests that name the host without its port.
    pub reached_at: Vec<String>,
    /// Origins (`https://viewer.example`) whose pages may read answers with the user's cookie. Pages of the routes'
    /// own origin need not be named.
    pub allowed_origins: Vec<String>,
    /// Whose bearer tokens are taken, beside whatever was known of a request; none: nobody's.
    pub bearer: Option<Bearer>,
    /// The most bytes of one request that stores; 0 is any number.
    pub max_store_bytes: u64,
    /// The region's worklist, where there is one.
    pub worklist: Option<::worklist::Worklist>,
}

/// What every handler has.
#[derive(Clone)]
struct App {
    images: Arc<dyn UseCases>,
    config: Arc<Config>,
    transactions: commitment::Transactions,
}

/// The DICOMweb routes, to be nested under a base path such as `/dicomweb`. A `Principal` is expected among the
/// request's extensions; without one the request is nobody's.
pub fn router(archive: Archive, config: Config) -> Router {
    routes(Arc::new(archive), config)
}

fn routes(images: Arc<dyn UseCases>, config: Config) -> Router {
    let is_holding = images.is_holding();
    let app = App { images, config: Arc::new(config), transactions: commitment::Transactions::default() };
    // Layers run from the last to the first.
    let router = retrievals(Router::new()).route_layer(middleware::from_fn_with_state(app.clone(), gone::gone));
    let router = searches(router);
    let router = if is_holding { stores(router) } else { router };
    let router = if app.config.worklist.is_some() { worklist::routes(router, &app) } else { router };
    router
        .route("/", get(async || Error::NotFound("resource")))
        .fallback(async || Error::NotFound("resource"))
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn(description::capabilities))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(headers::is_text))
        .layer(middleware::from_fn(error::unauthorized))
        .layer(middleware::from_fn_with_state(app.config.bearer.clone(), oidc::bearer))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), headers::set))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span::<axum::body::Body>)
                .on_request(())
                .on_response(answered)
                .on_failure(()),
        )
        .with_state(app)
}

/// QIDO-RS (PS3.18 table 10.6.1-1).
fn searches(router: Router<App>) -> Router<App> {
    router
        .route("/studies", get(search::studies))
        .route("/series", get(search::series))
        .route("/instances", get(search::instances))
        .route("/studies/{study}/series", get(search::series))
        .route("/studies/{study}/instances", get(search::instances))
        .route("/studies/{study}/series/{series}/instances", get(search::instances))
}

/// STOW-RS (PS3.18 table 10.5.1-1), and storage commitment (PS3.18 table 13.1-1).
fn stores(router: Router<App>) -> Router<App> {
    let store = || post(store::store).layer(DefaultBodyLimit::disable());
    router.route("/studies", store()).route("/studies/{study}", store()).route(
        "/commitment-requests/{transaction}",
        get(commitment::result).post(commitment::request).layer(DefaultBodyLimit::disable()),
    )
}

/// WADO-RS (PS3.18 table 10.4.1-1 and its kin).
fn retrievals(mut router: Router<App>) -> Router<App> {
    let instance = "/studies/{study}/series/{series}/instances/{instance}";
    for scope in ["/studies/{study}", "/studies/{study}/series/{series}", instance] {
        router = router
            .route(scope, get(retrieve::files))
            .route(&format!("{scope}/metadata"), get(metadata::metadata))
            .route(&format!("{scope}/bulkdata"), get(bulk_parts::bulk_data))
            .route(&format!("{scope}/pixeldata"), get(bulk_parts::pixel_data))
            .route(&format!("{scope}/rendered"), get(rendered::rendered))
            .route(&format!("{scope}/thumbnail"), get(rendered::thumbnail));
    }
    router
        .route("/wado", get(wado_uri::wado))
        .route(&format!("{instance}/frames/{{frames}}"), get(frames::frames))
        .route(&format!("{instance}/frames/{{frames}}/rendered"), get(rendered::rendered))
        .route(&format!("{instance}/frames/{{frames}}/thumbnail"), get(rendered::thumbnail))
        .route(&format!("{instance}/bulkdata/{{*value}}"), get(bulk_data::bulk_data))
}

/// A request's span names the route, never the address: identifiers and query strings are about patients.
fn span<B>(request: &Request<B>) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

fn answered(response: &Response<axum::body::Body>, latency: Duration, _: &Span) {
    tracing::info!(status = response.status().as_u16(), duration_ms = latency.as_millis() as u64, "answered");
}
