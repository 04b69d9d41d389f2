//! `hub serve`: the listeners and jobs of a running hub, until it is told to stop.

mod links;
mod people;

use crate::{
    config::Config,
    jobs,
    wiring::{self, Hub},
};
use anyhow::{Context, Result};
use audit_log::{Event, What};
use axum::Router;
use daemon::{Parent, now_ms};
use federation::{Credentials, tls};
use imaging_domain::Principal;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::{Admission, DicomwebConfig, Federation, Limits, Recorder};

/// How long open requests may go on after the signal.
const DRAIN: Duration = Duration::from_secs(5);

/// Runs the hub.
pub async fn run(config: Config, parent: Parent) -> Result<()> {
    // before anything that counts is begun
    let recorder = Recorder::install().context("metrics cannot be recorded")?;
    let hub = Arc::new(wiring::assemble(&config, "hub")?);
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    hub.audit.record(Event::new(What::Start, &Principal::Service("hub"))).await?;
    let credentials = hub.authority.server(&names(&config), now_ms())?;
    let linked = links::router(&hub, &config)?;
    listen_federation(&hub, &config, linked.clone(), &credentials, &tasks, &stop).await?;
    people::listen(&hub, &config, &credentials, &tasks, &stop).await?;
    links::listen(&config, linked, &credentials, &tasks, &stop).await?;
    listen_metrics(&hub, &config, recorder, &tasks, &stop).await?;
    jobs::start(&hub, &config, &tasks, &stop);
    info!(federation = %config.listen.federation, web = %config.listen.web, "hub is up");
    daemon::signal(parent).await;
    info!("hub is going down");
    stop.cancel();
    tasks.close();
    let _ = tokio::time::timeout(DRAIN, tasks.wait()).await;
    hub.audit.end_accesses().await?;
    hub.audit.record(Event::new(What::Stop, &Principal::Service("hub"))).await?;
    Ok(())
}

/// How the DICOMweb routes are offered at a door that is reached at `public`, a `host:port`.
fn dicomweb(hub: &Hub, config: &Config, public: &str) -> Result<DicomwebConfig> {
    let (max_store_bytes, allowed_origins) = (config.holding.max_request_bytes, config.dicomweb.origins()?);
    let (worklist, mut reached_at) = (Some(hub.worklist.clone()), vec![public.to_owned()]);
    if let Some((_, port)) = public.rsplit_once(':') {
        reached_at.extend(config.public.names.iter().map(|name| format!("{name}:{port}")));
    }
    Ok(DicomwebConfig { max_store_bytes, allowed_origins, worklist, reached_at, ..DicomwebConfig::default() })
}

/// Every name of the hub's own certificate.
fn names(config: &Config) -> Vec<String> {
    let host = |address: &str| address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
    let mut names = vec![
        host(&config.public.federation),
        host(&config.public.web),
        host(&config.viewer.public),
        host(&config.links.public),
    ];
    names.extend(config.public.names.iter().cloned());
    names.sort();
    names.dedup();
    names
}

async fn listen_federation(
    hub: &Arc<Hub>,
    config: &Config,
    linked: Router,
    credentials: &Credentials,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let doors =
        Federation { intake: hub.intake.clone(), channels: hub.channels.clone(), enrolment: hub.enrolment.clone() };
    let router = Router::new()
        .nest(
            "/dicomweb",
            viewer_api::dicomweb_router(hub.archive.clone(), dicomweb(hub, config, &config.public.federation)?),
        )
        .merge(viewer_api::description_router())
        .merge(viewer_api::sharing_router(hub.links.clone(), now_ms))
        .merge(viewer_api::federation_router(doors));
    let router = viewer_api::by_certificate(router, linked);
    let tls = TlsAcceptor::from(tls::mutual_server(credentials)?);
    let listener = bind(config.listen.federation).await?;
    let (registry, audit) = (Arc::clone(&hub.enrolment.registry), hub.audit.clone());
    let identify = move |peer| viewer_api::admit(Arc::clone(&registry), audit.clone(), peer);
    tasks.spawn(viewer_api::serve(listener, Some(tls), router, identify, Limits::default(), stop.clone()));
    Ok(())
}

async fn listen_metrics(
    hub: &Hub,
    config: &Config,
    recorder: Recorder,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let router = viewer_api::metrics_router(hub.archive.clone(), hub.intake.clone(), recorder);
    let listener = bind(config.listen.metrics).await?;
    tasks.spawn(viewer_api::serve(listener, None, router, nobody_yet, Limits::default(), stop.clone()));
    Ok(())
}

/// A connection without a certificate is nobody's; a session may say later who it is.
async fn nobody_yet(_: viewer_api::Peer) -> Option<Admission> {
    Some(Admission::of(Principal::Anonymous))
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}
