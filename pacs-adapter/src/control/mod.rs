//! The running adapter's own command line: a socket in its folder, so that `import`, `crawl`, `delete` and what the console
//! tells reach the one process that owns the store. One JSON line in, lines of JSON out, the last of them the outcome.

mod answering;
mod asking;

pub use asking::{ask, ask_import};

use crate::{
    config::Config,
    console::AdapterConsole,
    crawl::{Crawler, Order},
    import::{Progress, Summary},
    rules::Rule,
};
use anyhow::{Context, Result};
use archive::{Archive, Committer, Ingest};
use imaging_domain::{AeTitle, Principal, StudyUid};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use viewer_api::Deed;

/// The most bytes of a request.
const MAX_REQUEST: u64 = 1 << 20;
/// How long to wait when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Who asks: the socket is its owner's alone.
pub const COMMAND_LINE: Principal = Principal::Service("command line");
/// Files taken in at once.
pub const AT_ONCE: usize = 8;

/// What is asked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Takes a folder in.
    Import(PathBuf),
    /// Deletes a study; answers how many instances went.
    Delete(StudyUid),
    /// Something about the taking over of an old archive.
    Crawl(Order),
    /// A [`Report`](viewer_api::Report).
    Report,
    /// The instances kept aside.
    Conflicts,
    /// The arrivals that could not be taken in.
    Quarantine,
    /// What one of them says.
    Opened(String),
    /// Does something.
    Act(Deed),
    /// What rules would do with what is stored; a [`Told`](crate::rules::Told).
    TestRules {
        /// The rules.
        rules: Vec<Rule>,
        /// As if it had come from there; nothing for as each rule says.
        calling: Option<AeTitle>,
    },
}

/// What comes back, line by line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(Progress),
    Done(Summary),
    Told(Value),
    Failed(String),
}

/// What commands are carried out with.
#[derive(Clone)]
pub struct Hands {
    /// The way in, of which notes are taken.
    pub sink: Ingest,
    /// The way out.
    pub committer: Committer,
    /// The images.
    pub archive: Archive,
    /// What runs by it.
    pub config: Arc<Config>,
    /// What is told.
    pub console: Arc<AdapterConsole>,
    /// The taking over of an old archive, when the configuration names one.
    pub crawler: Option<Crawler>,
}

/// Listens in a folder, in place of a socket left by a crash. The caller holds the folder's lock.
///
/// # Errors
/// When the socket cannot be made.
pub fn bind(dir: &Path) -> Result<UnixListener> {
    let path = socket(dir);
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let listener = UnixListener::bind(&path).context("the control socket cannot be made")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers until told to stop.
pub async fn run(listener: UnixListener, hands: Hands, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let Ok((stream, _)) = accepted else {
            // of too many open files this one would make a loop that does nothing else
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (hands, stop) = (hands.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(answering::answer(stream, hands)).await {
                warn!(%error, "a command could not be answered");
            }
        });
    }
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}
