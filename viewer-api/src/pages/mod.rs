//! The hub's own pages: sign-in, the region at a glance, the latest studies.
//!
//! The page is plain files of `web/`, embedded in the program; what it shows it asks of these few JSON routes and of
//! DICOMweb, as the person who signed in. Nothing here decides who may see what: `archive` does.

mod assets;
pub(crate) mod body;
mod entrance;
mod history;
mod holders;
pub(crate) mod origin;
mod overview;
mod provider;
mod refusal;
mod session;
mod sign_in;
mod studies;
#[cfg(test)]
mod tests;
mod use_cases;

pub(crate) use assets::asset;
pub(crate) use refusal::Refusal;
pub(crate) use session::Asker;
pub use session::{identify, identify_at_console};
pub use use_cases::Backing;

use crate::{
    cookie::{CONSOLE, SESSION},
    oidc::{self, Provider},
};
use archive::{Archive, People};
use axum::{
    Router,
    extract::Request,
    http::{Extensions, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use provider::Door;
use std::{net::IpAddr, sync::Arc};
use use_cases::UseCases;

/// How the pages are offered.
#[derive(Debug, Clone)]
pub struct Config {
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
    /// Where a request came from, as the accept loop noted it among the request's extensions. Requests of which nobody
    /// knows share one budget of failed sign-ins.
    pub peer: fn(&Extensions) -> Option<IpAddr>,
    /// Origin of the full viewer (`https://host:8446`), for a link from each study; no link when absent.
    pub viewer: Option<String>,
    /// Origin of these pages themselves, as browsers reach them; where the provider leads people back to.
    pub origin: String,
    /// Who signs people in beside the local accounts.
    pub provider: Option<Provider>,
}

/// What every handler has.
#[derive(Clone)]
struct App {
    cases: Arc<dyn UseCases>,
}

/// The page at `/`, its files at `/assets/`, and `/api/`. A `Principal` is expected among the request's extensions, as
/// [`identify`] puts it there; without one the request is nobody's.
pub fn router(backing: Backing, config: Config) -> Router {
    routes(Arc::new(backing), config)
}

/// The console's page at `/`, what signing in needs, a list of studies, and `more`.
pub(crate) fn console_router(archive: Archive, people: People, config: Config, more: Router) -> Router {
    let (people, config) = (Arc::new(people), Arc::new(config));
    let listed = Router::new().route("/api/studies", post(studies::held)).with_state(archive);
    entrance::routes(people, config, CONSOLE)
        .merge(listed)
        .merge(more)
        .merge(assets::routes("console.html"))
        .layer(middleware::from_fn(headers))
}

/// `/api/` alone, for a listener that has other pages.
pub(crate) fn api_router(backing: Backing, config: Config) -> Router {
    api(Arc::new(backing), config).layer(middleware::from_fn(headers))
}

fn routes(cases: Arc<dyn UseCases>, config: Config) -> Router {
    api(cases, config).merge(assets::routes("index.html")).layer(middleware::from_fn(headers))
}

fn api(cases: Arc<dyn UseCases>, config: Config) -> Router {
    let provider = config.provider.clone().map(|provider| {
        let opened = Arc::new(Door { cases: cases.clone(), clock: config.clock });
        oidc::routes(provider, opened, &config.origin)
    });
    let entrance = entrance::routes(entrance::people(cases.clone()), Arc::new(config), SESSION);
    Router::new()
        .route("/api/overview", get(overview::overview))
        .route("/api/holders", get(holders::holders))
        .route("/api/studies", post(studies::studies))
        .route("/api/studies/count", post(studies::count))
        .route("/api/history", get(history::history))
        .with_state(App { cases })
        .merge(entrance)
        .merge(provider.unwrap_or_default())
}

/// What every answer says. The policy allows the page its own files and nothing else, so that a text about a patient
/// that turned out to be markup could do nothing.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let out = response.headers_mut();
    for (name, value) in HEADERS {
        out.insert(*name, HeaderValue::from_static(value));
    }
    // Only the page's own files say otherwise.
    out.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
