//! A hospital's console: how its adapter does, and links for its patients. The program behind it is a port.
//!
//! The page is `web/console.html` with its scripts; what it shows it asks of these routes, of the worklist's, and of the hub's
//! own routes of links, to which the adapter passes requests on as the hospital that it is.

mod crawl;
mod disk;
mod health;
mod links;
mod looked_at;
mod port;
mod routes;
mod routing;
mod told;

pub use crawl::{Crawl, Lost};
pub use disk::Disk;
pub use health::router as health_router;
pub use links::HubLinks;
pub use looked_at::{Deed, KeptAside, Line, Opened, Quarantined};
pub use port::Console;
pub use routing::{HeldBack, Route, Unreported};
pub use told::{Backlog, Counts, Failure, Holdings, Hub, KnownPeer, OfModality, OfSender, Report, Stranger, Today};

use crate::pages::{self, Config as PagesConfig};
use archive::{Archive, People};
use axum::{
    Router,
    routing::{get, post},
};
use std::sync::Arc;

/// What a console is made of.
#[derive(Clone)]
pub struct Backing {
    /// The program.
    pub console: Arc<dyn Console>,
    /// Its images.
    pub archive: Archive,
    /// Who signs in.
    pub people: People,
    /// The hub, for links.
    pub links: Arc<dyn HubLinks>,
}

/// The page at `/`, its files at `/assets/`, and `/api/`. A `Principal` is expected among the request's extensions, as
/// [`identify_at_console`](crate::identify_at_console) puts it there; without one the request is nobody's.
pub fn router(backing: Backing, config: PagesConfig) -> Router {
    let console = Router::new()
        .route("/api/console", get(routes::report))
        .route("/api/console/conflicts", get(routes::conflicts))
        .route("/api/console/quarantine", get(routes::quarantine))
        .route("/api/console/quarantine/{id}", get(routes::opened))
        .route("/api/console/act", post(routes::act))
        .with_state(backing.console);
    let api = console.merge(links::routes(backing.links));
    pages::console_router(backing.archive, backing.people, config, api)
}
