//! The public listener: study links, and OHIF for the doctor a study is shown to. Its certificate may change while it listens.

use super::{bind, nobody_yet};
use crate::{changing, config::Config, state::StateDir, viewer, wiring::Hub};
use anyhow::{Context, Result};
use axum::{Router, http::Extensions};
use daemon::now_ms;
use federation::{Credentials, Shown, tls};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::{Limits, LinksConfig, PeerAddr};

/// What holders of links get, at the public listener and by a gate. One router for both, because it counts attempts.
pub(super) fn router(hub: &Hub, config: &Config) -> Result<Router> {
    let offered = LinksConfig {
        clock: now_ms,
        peer: |extensions: &Extensions| extensions.get::<PeerAddr>().map(|peer| peer.0.ip()),
        notice: config.links.notice.clone(),
    };
    let folder = viewer::installed(&StateDir::at(&config.dir));
    let router = viewer_api::links_router(hub.links.clone(), hub.archive.clone(), offered, folder.as_deref());
    router.context("the viewer cannot be read")
}

pub(super) async fn listen(
    config: &Config,
    router: Router,
    credentials: &Credentials,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let Some(address) = config.links.listen else { return Ok(()) };
    let links = &config.links;
    let (shown, router) = if links.certificate_file.as_os_str().is_empty() {
        (Shown::new(&credentials.chain_pem, &credentials.key_pem)?, router)
    } else {
        let shown = changing::shown(&links.certificate_file, &links.key_file, tasks, stop).context("[links]")?;
        (shown, viewer_api::strict_transport(router))
    };
    let acceptor = Some(TlsAcceptor::from(tls::public_server(shown)?));
    let listener = bind(address).await?;
    tasks.spawn(viewer_api::serve(listener, acceptor, router, nobody_yet, Limits::default(), stop.clone()));
    info!(links = %address, "study links are up");
    Ok(())
}
