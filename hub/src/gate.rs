//! `hub gate`: the public listener in a process of its own, which has a credential for linked studies and nothing else.

use crate::{changing, config, state::read_pem};
use anyhow::{Context, Result, bail};
use axum::body::Body;
use daemon::{Parent, Watched};
use federation::{Credentials, Dialler, Lines, tls};
use imaging_domain::Principal;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::{Admission, Limits, Peer};

/// How long open requests may go on after the signal.
const DRAIN: Duration = Duration::from_secs(5);

/// Runs a gate until it is told to stop. The hub need not be there yet.
pub async fn run(config: config::Gate, parent: Parent) -> Result<()> {
    if config.certificate_file.as_os_str().is_empty() || config.key_file.as_os_str().is_empty() {
        bail!("a gate needs certificate_file and key_file");
    }
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let shown = changing::shown(&config.certificate_file, &config.key_file, &tasks, &stop)?;
    let lines = lines(&config, &tasks, &stop)?;
    let router = viewer_api::strict_transport(viewer_api::gate_router(lines));
    let acceptor = Some(TlsAcceptor::from(tls::public_server(shown)?));
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let limits = Limits { max_connections: config.max_connections, ..Limits::default() };
    let nobody = async |_: Peer| Some(Admission::of(Principal::Anonymous));
    tasks.spawn(viewer_api::serve(listener, acceptor, router, nobody, limits, stop.clone()));
    info!(listen = %config.listen, hub = %config.hub, "gate is up");
    daemon::signal(parent).await;
    info!("gate is going down");
    stop.cancel();
    tasks.close();
    let _ = tokio::time::timeout(DRAIN, tasks.wait()).await;
    Ok(())
}

/// The lines to the hub, whose credential may be replaced while they are used.
fn lines(config: &config::Gate, tasks: &TaskTracker, stop: &CancellationToken) -> Result<Arc<Lines<Body>>> {
    let files = ["client.pem", "client.key", "ca.pem"].map(|name| config.credential.join(name)).to_vec();
    let lines = Arc::new(Lines::new(dialler(&config.hub, &files).context("credential")?));
    let (hub, paths, next) = (config.hub.clone(), files.clone(), Arc::clone(&lines));
    let take = async move || -> Result<()> {
        next.replace(dialler(&hub, &paths)?).await;
        Ok(())
    };
    tasks.spawn(Watched::new(files).keep("the gate's credential", take, stop.clone()));
    Ok(lines)
}

fn dialler(hub: &str, files: &[PathBuf]) -> Result<Dialler> {
    let [chain_pem, key_pem, authority_pem] = files else { bail!("a credential is three files") };
    let credentials = Credentials {
        chain_pem: read_pem(chain_pem)?,
        key_pem: read_pem(key_pem)?,
        authority_pem: read_pem(authority_pem)?,
    };
    Ok(Dialler::new(hub, tls::gate_client(&credentials)?))
}
