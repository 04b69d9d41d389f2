//! The HTTP edge: DICOMweb routes over the archive's use cases, and the accept loop that tells them who asks.
//!
//! A request becomes values (`dicomweb`), one use case of `archive` is asked, and what it gives becomes an answer. What
//! is *not* here: decisions and audit (`archive` asks and writes them), certificates and their issue (`federation`),
//! SQL, paths and pixels. Every handler takes its principal from the request's extensions, where whoever accepted the
//! connection or read the session put it; without one it is nobody, and the archive says no. Translation of failures
//! into HTTP statuses is in [`Error`] alone. Start reading at [`dicomweb_router`] and [`serve`].

mod admission;
mod budget;
mod console;
mod cookie;
mod dicomweb;
mod error;
mod federation;
mod gate;
mod head;
mod links;
mod listener;
mod metrics;
mod oidc;
mod pages;
mod sharing;
mod strict;
mod viewer;

pub use crate::dicomweb::{
    Config as DicomwebConfig, PictureType, default_thumbnail, description_router, router as dicomweb_router,
    thumbnail_settings,
};
pub use crate::federation::{Federation, admit, enrolment_router, federation_router};
pub use crate::gate::{by_certificate, router as gate_router};
pub use crate::metrics::{Recorder, metrics_router};
pub use admission::{Admission, Peer, PeerAddr, Transport};
pub use console::health_router as console_health_router;
pub use console::{
    Backing as ConsoleBacking, Backlog, Console, Counts, Crawl, Deed, Disk, Failure, HeldBack, Holdings, Hub, HubLinks,
    KeptAside, KnownPeer, Line, Lost, OfModality, OfSender, Opened, Quarantined, Report, Route, Stranger, Today,
    Unreported, router as console_router,
};
pub use error::Error;
pub use links::{Config as LinksConfig, router as links_router};
pub use listener::{Limits, serve};
pub use oidc::{Bearer, Config as OidcConfig, Error as OidcError, Provider, TokenHolders};
pub use pages::{
    Backing as PagesBacking, Config as PagesConfig, identify, identify_at_console, router as pages_router,
};
pub use sharing::router as sharing_router;
pub use strict::strict_transport;
pub use tokio_rustls::TlsAcceptor;
pub use viewer::router as viewer_router;
