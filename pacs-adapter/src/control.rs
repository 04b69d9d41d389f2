//! The running adapter's own command line: a socket in its folder, so that commands reach the one process that owns the
//! store. One JSON line in, progress lines out.

use crate::{
    crawl::{Crawler, Told},
    import::{Progress, Summary, import},
};
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
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{UnixListener, UnixStream, unix::OwnedWriteHalf},
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
#[serde(rename_all = "snake_case")]
enum Request {
    Import(PathBuf),
    Crawl(CrawlOrder),
}

/// What is asked about the taking over of an old archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrawlOrder {
    /// Begin a pass, when none goes on, and tell.
    Start,
    /// Tell.
    Tell,
}

/// What commands reach.
#[derive(Clone)]
pub struct Reached {
    /// The way in.
    pub ingest: Ingest,
    /// The taking over of an old archive, when the configuration names one.
    pub crawler: Option<Crawler>,
}

/// What comes back, line by line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(Progress),
    Done(Summary),
    Crawl(Box<Told>),
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
pub async fn run(listener: UnixListener, reached: Reached, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let Ok((stream, _)) = accepted else { continue };
        let (reached, stop) = (reached.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(answer(stream, reached)).await {
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
    let mut lines = ask(dir, &Request::Import(path.to_owned())).await?;
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Progress(now) => progress(now),
            Answer::Done(summary) => return Ok(summary),
            Answer::Failed(why) => bail!(why),
            Answer::Crawl(_) => bail!("the running adapter answers something else"),
        }
    }
    bail!("the running adapter broke off")
}

/// Asks the running adapter of a folder about the taking over of an old archive.
///
/// # Errors
/// When it does not answer, or takes none over.
pub async fn ask_crawl(dir: &Path, order: CrawlOrder) -> Result<Told> {
    let mut lines = ask(dir, &Request::Crawl(order)).await?;
    match lines.next_line().await?.as_deref().map(serde_json::from_str).transpose()? {
        Some(Answer::Crawl(told)) => Ok(*told),
        Some(Answer::Failed(why)) => bail!(why),
        _ => bail!("the running adapter broke off"),
    }
}

async fn ask(dir: &Path, request: &Request) -> Result<Lines<BufReader<UnixStream>>> {
    let mut stream = UnixStream::connect(socket(dir)).await.context("the running adapter does not answer")?;
    tell(&mut stream, request).await?;
    Ok(BufReader::new(stream).lines())
}

async fn answer(stream: UnixStream, reached: Reached) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_REQUEST)).read_line(&mut line).await?;
    match serde_json::from_str(&line)? {
        Request::Import(path) => take_in(&mut write, path, reached.ingest).await,
        Request::Crawl(order) => tell(&mut write, &crawl(reached.crawler, order).await).await,
    }
}

async fn crawl(crawler: Option<Crawler>, order: CrawlOrder) -> Answer {
    let Some(crawler) = crawler else {
        return Answer::Failed("the configuration names no archive to take over".into());
    };
    let started = if order == CrawlOrder::Start { crawler.start().await } else { Ok(()) };
    let told = match started {
        Ok(()) => crawler.told().await,
        Err(error) => Err(error),
    };
    told.map_or_else(|error| Answer::Failed(error.to_string()), |told| Answer::Crawl(told.into()))
}

async fn take_in(write: &mut OwnedWriteHalf, path: PathBuf, ingest: Ingest) -> Result<()> {
    let (send, mut news) = mpsc::channel(64);
    let work = tokio::spawn(async move {
        // a listener that is slow misses steps, not the end
        import(&path, ingest, &COMMAND_LINE, AT_ONCE, |now| {
            let _ = send.try_send(now);
        })
        .await
    });
    while let Some(now) = news.recv().await {
        tell(write, &Answer::Progress(now)).await?;
    }
    let last = match work.await {
        Ok(summary) => Answer::Done(summary),
        Err(_) => Answer::Failed("import stopped".into()),
    };
    tell(write, &last).await
}

async fn tell(write: &mut (impl AsyncWriteExt + Unpin), line: &impl Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(line)?;
    line.push(b'\n');
    Ok(write.write_all(&line).await?)
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}
