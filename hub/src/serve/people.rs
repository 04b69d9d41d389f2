//! The listeners for people: our pages, and OHIF where it is installed. The DICOMweb routes are beside each, and one
//! session is good for both.

use super::{bind, dicomweb, nobody_yet};
use crate::{
    config::Config,
    state::StateDir,
    viewer,
    wiring::{self, Hub},
};
use anyhow::{Context, Result};
use axum::{Router, http::Extensions, middleware};
use daemon::now_ms;
use federation::{Credentials, tls};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::{Bearer, DicomwebConfig, Limits, PagesBacking, PagesConfig, PeerAddr};

pub(super) async fn listen(
    hub: &Arc<Hub>,
    config: &Config,
    credentials: &Credentials,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let tls = TlsAcceptor::from(tls::web_server(credentials)?);
    let open = async |address: SocketAddr, router: Router| {
        let (listener, tls) = (bind(address).await?, Some(tls.clone()));
        tasks.spawn(viewer_api::serve(listener, tls, router, nobody_yet, Limits::default(), stop.clone()));
        anyhow::Ok(())
    };
    let provider = wiring::provider(config)?;
    let full = full_viewer(config);
    let viewer = full.is_some().then(|| origin(&config.viewer.public));
    let backing = PagesBacking { archive: hub.archive.clone(), people: hub.people.clone(), intake: hub.intake.clone() };
    let pages = |public: &str| {
        let (viewer, provider, origin) = (viewer.clone(), provider.clone(), origin(public));
        PagesConfig { clock: now_ms, peer, viewer, origin, provider }
    };
    let bearer = provider.clone().map(|provider| Bearer::new(provider, hub.people.clone(), peer));
    let signed_in = |pages: Router, public: &str| {
        let routes = DicomwebConfig { bearer: bearer.clone(), ..dicomweb(hub, config, public)? };
        anyhow::Ok(signed_in(hub, &backing, routes, pages))
    };
    if let Some((address, folder)) = full {
        let files = viewer_api::viewer_router(&folder, backing.clone(), pages(&config.viewer.public))
            .with_context(|| format!("the viewer in {} cannot be read", folder.display()))?;
        open(address, signed_in(files, &config.viewer.public)?).await?;
        info!(viewer = %address, "viewer is up");
    }
    // links are made on our own pages; other people's code at the viewer's origin has no need to
    let links = Router::new().nest("/api", viewer_api::sharing_router(hub.links.clone(), now_ms));
    let pages = links.merge(viewer_api::pages_router(backing.clone(), pages(&config.public.web)));
    let web = signed_in(pages, &config.public.web)?.merge(viewer_api::enrolment_router(hub.enrolment.clone()));
    open(config.listen.web, web).await
}

/// Pages with what stands beside them, for whoever has a session.
fn signed_in(hub: &Hub, backing: &PagesBacking, routes: DicomwebConfig, pages: Router) -> Router {
    let routes = viewer_api::dicomweb_router(hub.archive.clone(), routes);
    let identify = middleware::from_fn_with_state(backing.people.clone(), viewer_api::identify);
    let known = Router::new().nest("/dicomweb", routes).merge(pages).layer(identify);
    known.merge(viewer_api::description_router())
}

/// Where a request came from.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<PeerAddr>().map(|peer| peer.0.ip())
}

/// The origin of a listener for people.
fn origin(public: &str) -> String {
    format!("https://{public}")
}

/// Where the full viewer listens, and its folder.
fn full_viewer(config: &Config) -> Option<(SocketAddr, PathBuf)> {
    let address = config.viewer.listen?;
    let folder = viewer::installed(&StateDir::at(&config.dir));
    if folder.is_none() {
        info!("the full viewer is not installed: `hub viewer install`");
    }
    Some((address, folder?))
}
