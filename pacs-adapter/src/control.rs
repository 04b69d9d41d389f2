//! The running adapter's own command line: a socket in its folder, so that `import` and what the console tells reach the one
//! process that owns the store. One JSON line in, lines of JSON out.

use crate::{
    import::{Progress, Summary, import},
    notes::Noted,
};
use anyhow::{Context, Result, bail};
use archive::Ingest;
use imaging_domain::Principal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use viewer_api::{Console, Deed};

/// The most bytes of a request.
const MAX_REQUEST: u64 = 16 << 10;
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
pub async fn run(listener: UnixListener, sink: Noted<Ingest>, console: Arc<dyn Console>, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let Ok((stream, _)) = accepted else { continue };
        let (sink, console, stop) = (sink.clone(), Arc::clone(&console), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(answer(stream, sink, console)).await {
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
    let mut line = serde_json::to_vec(&Request::Import(path.to_owned()))?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Progress(now) => progress(now),
            Answer::Done(summary) => return Ok(summary),
            Answer::Told(_) => bail!("the running adapter answers something else"),
            Answer::Failed(why) => bail!(why),
        }
    }
    bail!("the running adapter broke off")
}

/// Asks the running adapter of a folder for one answer.
///
/// # Errors
/// When none runs there, or it did not do it.
pub async fn ask<T: DeserializeOwned>(dir: &Path, request: &Request) -> Result<T> {
    let mut stream = UnixStream::connect(socket(dir)).await.context("no adapter runs here")?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let line = BufReader::new(stream).lines().next_line().await?;
    match serde_json::from_str(&line.context("the running adapter broke off")?)? {
        Answer::Told(told) => Ok(serde_json::from_value(told)?),
        Answer::Failed(why) => bail!(why),
        Answer::Progress(_) | Answer::Done(_) => bail!("the running adapter answers something else"),
    }
}

async fn answer(stream: UnixStream, sink: Noted<Ingest>, console: Arc<dyn Console>) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_REQUEST)).read_line(&mut line).await?;
    let path = match serde_json::from_str(&line)? {
        Request::Import(path) => path,
        asked => {
            let told = match tell_of(console.as_ref(), asked).await {
                Ok(told) => Answer::Told(told),
                Err(error) => Answer::Failed(error.to_string()),
            };
            return tell(&mut write, &told).await;
        }
    };
    let (send, mut news) = mpsc::channel(64);
    let work = tokio::spawn(async move {
        // a listener that is slow misses steps, not the end
        import(&path, sink, &COMMAND_LINE, AT_ONCE, |now| {
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

/// What the console tells the command line.
async fn tell_of(console: &dyn Console, asked: Request) -> Result<Value> {
    Ok(match asked {
        Request::Import(_) => bail!("an import has progress to tell"),
        Request::Report => serde_json::to_value(console.report(&COMMAND_LINE).await?)?,
        Request::Conflicts => serde_json::to_value(console.conflicts(&COMMAND_LINE).await?)?,
        Request::Quarantine => serde_json::to_value(console.quarantine(&COMMAND_LINE).await?)?,
        Request::Opened(id) => serde_json::to_value(console.opened(&COMMAND_LINE, &id).await?)?,
        Request::Act(deed) => {
            console.act(&COMMAND_LINE, deed).await?;
            Value::Null
        }
    })
}

async fn tell(write: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    Ok(write.write_all(&line).await?)
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}
