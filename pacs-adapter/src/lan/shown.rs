//! The certificate of the LAN's door, from files that may be replaced while it is open.

use anyhow::{Context, Result, bail};
use daemon::Watched;
use federation::Shown;
use std::{fs::File, io::Read, path::Path, sync::Arc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The most bytes of a PEM file.
const MAX_PEM_BYTES: u64 = 64 << 10;

/// Shows a certificate of files, and the files anew whenever one of them changed. What does not fit yet, because the other
/// file is still to come, is tried again.
pub(super) fn shown(
    certificate: &Path,
    key: &Path,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<Arc<Shown>> {
    let shown = Shown::new(&read(certificate)?, &read(key)?).context("certificate_file and key_file")?;
    let files = vec![certificate.to_owned(), key.to_owned()];
    let (next, paths) = (Arc::clone(&shown), files.clone());
    let take = async move || -> Result<()> { Ok(next.replace(&read(&paths[0])?, &read(&paths[1])?)?) };
    tasks.spawn(Watched::new(files).keep("the certificate of the LAN's door", take, stop.clone()));
    Ok(shown)
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    file.take(MAX_PEM_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_PEM_BYTES {
        bail!("{} is too long for a certificate or key", path.display());
    }
    Ok(text)
}
