//! Files that may change while a program runs: certificates and their keys.

use std::{
    fmt::Display,
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Files, and how they were when they were last taken.
#[derive(Debug)]
pub struct Watched {
    files: Vec<PathBuf>,
    taken: Vec<About>,
    seen: Vec<About>,
}

/// When a file was last written, and its length; nothing of one that is not there.
type About = Option<(SystemTime, u64)>;

impl Watched {
    /// Files that were just taken.
    pub fn new(files: Vec<PathBuf>) -> Self {
        let taken = about(&files);
        Self { seen: taken.clone(), taken, files }
    }

    /// Has them taken anew whenever one of them changed, until told to stop. What cannot be read, or does not fit yet because
    /// another file is still to come, is tried again in two seconds.
    pub async fn keep<E: Display>(
        mut self,
        what: &'static str,
        take: impl AsyncFn() -> Result<(), E>,
        stop: CancellationToken,
    ) {
        while stop.run_until_cancelled(self.changed()).await.is_some() {
            match take().await {
                Ok(()) => {
                    self.taken.clone_from(&self.seen);
                    info!("{what} was replaced");
                }
                Err(error) => warn!(%error, "{what} cannot be replaced; the old one is still used"),
            }
        }
    }

    /// Returns when one of them is not as it was taken.
    async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.seen = about(&self.files);
            if self.seen != self.taken {
                return;
            }
        }
    }
}

fn about(files: &[PathBuf]) -> Vec<About> {
    let about = |path: &PathBuf| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    files.iter().map(about).collect()
}
