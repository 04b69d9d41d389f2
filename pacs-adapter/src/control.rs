//! The running adapter's own command line: a socket in its folder, so that `import` reaches the one process that owns the
//! store. One JSON line in, progress lines out.

use crate::import::{Progress, Summary, import};
use anyhow::{Context, Result, bail};
use archive::Ingest;
use imaging_domain::Principal;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// The most bytes of a request.
const MAX_REQUEST: u64 = 16 << 10;
/// Who asks: the socket is its owner's alone.
pub const COMMAND_LINE: Principal = Principal::Service("command line");
/// Files taken in at once.
pub const AT_ONCE: usize = 8;

#[derive(Serialize, Deserialize)]
struct Request {
    import: PathBuf,
}

/// What comes back, line by line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(Progress),
    Done(Summary),
    Failed(String),
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
pub async fn run(listener: UnixListener, ingest: Ingest, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let Ok((stream, _)) = accepted else { continue };
        let (ingest, stop) = (ingest.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(answer(stream, ingest)).await {
                warn!(%error, "a command could not be answered");
            }
        });
    }
}

/// Asks the running adapter of a folder to import a path.
///
/// # Errors
/// When it does not answer, or the import failed as a whole.
pub async fn ask_import(dir: &Path, path: &Path, mut progress: impl FnMut(Progress)) -> Result<Summary> {
    let mut stream = UnixStream::connect(socket(dir)).await.context("the running adapter does not answer")?;
    let mut line = serde_json::to_vec(&Request { import: path.to_owned() })?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Progress(now) => progress(now),
            Answer::Done(summary) => return Ok(summary),
            Answer::Failed(why) => bail!(why),
        }
    }
    bail!("the running adapter broke off")
}

async fn answer(stream: UnixStream, ingest: Ingest) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_REQUEST)).read_line(&mut line).await?;
    let request: Request = serde_json::from_str(&line)?;
    let (send, mut news) = mpsc::channel(64);
    let work = tokio::spawn(async move {
        // a listener that is slow misses steps, not the end
        import(&request.import, ingest, &COMMAND_LINE, AT_ONCE, |now| {
            let _ = send.try_send(now);
        })
        .await
    });
    while let Some(now) = news.recv().await {
        tell(&mut write, &Answer::Progress(now)).await?;
    }
    let last = match work.await {
        Ok(summary) => Answer::Done(summary),
        Err(_) => Answer::Failed("import stopped".into()),
    };
    tell(&mut write, &last).await
}

async fn tell(write: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    Ok(write.write_all(&line).await?)
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}
