//! The certificate of a public listener, whose files may change while a program runs.

use crate::state::read_pem;
use anyhow::{Context, Result};
use daemon::Watched;
use federation::Shown;
use std::{path::Path, sync::Arc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

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
    let take = async move || -> Result<()> { Ok(next.replace(&read_pem(&paths[0])?, &read_pem(&paths[1])?)?) };
    tasks.spawn(Watched::new(files).keep("the certificate of study links", take, stop.clone()));
    Ok(shown)
}
