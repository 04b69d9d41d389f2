//! The public listener: study links, and OHIF for the doctor a study is shown to. Its certificate may change while it listens.

use super::{bind, nobody_yet};
use crate::{
    config::{Config, Links},
    state::{StateDir, read_pem},
    viewer,
    wiring::Hub,
};
use anyhow::{Context, Result};
use axum::http::Extensions;
use daemon::now_ms;
use federation::{Credentials, Shown, tls};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};
use viewer_api::{Limits, LinksConfig, PeerAddr};

/// How often the certificate's files are looked at.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn listen(
    hub: &Arc<Hub>,
    config: &Config,
    credentials: &Credentials,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<()> {
    let Some(address) = config.links.listen else { return Ok(()) };
    let shown = match own_files(&config.links) {
        Some((certificate, key)) => {
            let shown = Shown::new(&read_pem(certificate)?, &read_pem(key)?).context("[links] certificate_file")?;
            tasks.spawn(reload(Arc::clone(&shown), config.links.clone(), stop.clone()));
            shown
        }
        None => Shown::new(&credentials.chain_pem, &credentials.key_pem)?,
    };
    let offered = LinksConfig {
        clock: now_ms,
        peer: |extensions: &Extensions| extensions.get::<PeerAddr>().map(|peer| peer.0.ip()),
        notice: config.links.notice.clone(),
    };
    let folder = viewer::installed(&StateDir::at(&config.dir));
    let router = viewer_api::links_router(hub.links.clone(), hub.archive.clone(), offered, folder.as_deref());
    let router = router.context("the viewer cannot be read")?;
    let acceptor = Some(TlsAcceptor::from(tls::public_server(shown)?));
    let listener = bind(address).await?;
    tasks.spawn(viewer_api::serve(listener, acceptor, router, nobody_yet, Limits::default(), stop.clone()));
    info!(links = %address, "study links are up");
    Ok(())
}

fn own_files(links: &Links) -> Option<(&Path, &Path)> {
    let given = !links.certificate_file.as_os_str().is_empty();
    given.then_some((links.certificate_file.as_path(), links.key_file.as_path()))
}

/// Shows the files anew whenever one of them changed. What cannot be read, or does not fit yet because the other file is
/// still to come, is tried again.
async fn reload(shown: Arc<Shown>, links: Links, stop: CancellationToken) {
    let mut known = changed(&links);
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let now = changed(&links);
        if now == known {
            continue;
        }
        let read = || -> Result<()> {
            let (certificate, key) = (read_pem(&links.certificate_file)?, read_pem(&links.key_file)?);
            Ok(shown.replace(&certificate, &key)?)
        };
        match read() {
            Ok(()) => {
                known = now;
                info!("the certificate of study links was replaced");
            }
            Err(error) => warn!(%error, "the new certificate of study links cannot be shown; the old one still is"),
        }
    }
}

/// When each file was last written, and its length.
fn changed(links: &Links) -> [Option<(SystemTime, u64)>; 2] {
    [&links.certificate_file, &links.key_file].map(|path| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}
