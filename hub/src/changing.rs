//! Files that may change while a program runs: certificates and their keys.

use crate::state::read_pem;
use anyhow::{Context, Result};
use daemon::Watched;
use federation::Shown;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

/// Shows a certificate of files, and the files anew whenever one of them changed.
pub(crate) fn shown(
    certificate: &Path,
    key: &Path,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Arc<Shown>> {
    let shown = Shown::new(&read_pem(certificate)?, &read_pem(key)?).context("certificate_file and key_file")?;
    let files = vec![certificate.to_owned(), key.to_owned()];
    let (next, paths) = (Arc::clone(&shown), files.clone());
    let take = async move || Ok(next.replace(&read_pem(&paths[0])?, &read_pem(&paths[1])?)?);
    tasks.spawn(watch("the certificate of study links", files, take, stop.clone()));
    Ok(shown)
}

/// Has files taken anew whenever one of them changed. What cannot be read, or does not fit yet because another file is
/// still to come, is tried again.
pub(crate) async fn watch(
    what: &'static str,
    files: Vec<PathBuf>,
    take: impl AsyncFn() -> Result<()>,
    stop: CancellationToken,
) {
    let mut watched = Watched::new(files);
    while stop.run_until_cancelled(watched.changed()).await.is_some() {
        match take().await {
            Ok(()) => {
                watched.taken();
                info!("{what} was replaced");
            }
            Err(error) => warn!(%error, "{what} cannot be replaced; the old one is still used"),
        }
    }
}
