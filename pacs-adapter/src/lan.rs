//! The door of the hospital's own network for HTTP: DICOMweb for whoever signed in or shows a token.

mod shown;

use crate::{
    config::{Config, Lan},
    console::{AdapterConsole, Links},
    tokens::Tokens,
    uplink::Lines,
    wiring::Adapter,
};
use anyhow::{Context, Result, bail};
use axum::{Router, http::Extensions, middleware};
use daemon::now_ms;
use imaging_domain::{Principal, SiteId};
use std::{net::IpAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use viewer_api::{Admission, Bearer, ConsoleBacking, DicomwebConfig, Limits, PagesConfig, PeerAddr, TlsAcceptor};

/// The socket of the door, taken before anything is begun.
///
/// # Errors
/// When the address is taken.
pub async fn bind(config: &Lan) -> Result<TcpListener> {
    TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))
}

/// Opens the door: what needs no sign-in beside what does.
///
/// # Errors
/// When the certificate cannot be used.
pub fn open(
    (listener, config): (TcpListener, &Config),
    (open, known): (Router, Router),
    adapter: &Adapter,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let identify = middleware::from_fn_with_state(adapter.people.clone(), viewer_api::identify_at_console);
    let router = known.layer(identify).merge(open);
    let (acceptor, router) = match tls(&config.lan, tasks, stop)? {
        Some(acceptor) => (Some(acceptor), viewer_api::strict_transport(router)),
        None => (None, router),
    };
    let nobody = |_| async { Some(Admission::of(Principal::Anonymous)) };
    tasks.spawn(viewer_api::serve(listener, acceptor, router, nobody, Limits::default(), stop.clone()));
    Ok(())
}

/// What is behind the sign-in: the console, and DICOMweb over the adapter's own studies, which reads tokens by itself.
pub fn known(config: &Config, site: &SiteId, adapter: &Adapter, console: Arc<AdapterConsole>, lines: Lines) -> Router {
    let backing = ConsoleBacking {
        console,
        archive: adapter.archive.clone(),
        people: adapter.people.clone(),
        links: Arc::new(Links::new(lines.dialler, adapter.audit.clone())),
    };
    let pages = PagesConfig { clock: now_ms, peer, viewer: None, origin: String::new(), provider: None };
    viewer_api::console_router(backing, pages).merge(dicomweb(config, site, adapter))
}

fn dicomweb(config: &Config, site: &SiteId, adapter: &Adapter) -> Router {
    let tokens = Arc::new(Tokens::at(&config.dir, site.clone()));
    let bearer = Some(Bearer::own(tokens, adapter.people.clone(), peer));
    let routes = DicomwebConfig { bearer, ..DicomwebConfig::default() };
    Router::new().nest(
        federation::DICOMWEB_PATH,
        viewer_api::dicomweb_router(adapter.archive.clone().with_holding(adapter.holding.clone()), routes),
    )
}

/// Where a request came from.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<PeerAddr>().map(|peer| peer.0.ip().to_canonical())
}

fn tls(config: &Lan, tasks: &TaskTracker, stop: &CancellationToken) -> Result<Option<TlsAcceptor>> {
    let [certificate, key] = [&config.certificate_file, &config.key_file];
    match (certificate.as_os_str().is_empty(), key.as_os_str().is_empty()) {
        (true, true) => Ok(None),
        (false, false) => {
            let shown = shown::shown(certificate, key, tasks, stop).context("[lan]")?;
            Ok(Some(TlsAcceptor::from(federation::tls::public_server(shown)?)))
        }
        _ => bail!("[lan] names a certificate without its key, or a key without its certificate"),
    }
}
