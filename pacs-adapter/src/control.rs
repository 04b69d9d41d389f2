//! The running adapter's own command line: a socket in its folder, so that `import`, `crawl` and `delete` reach the one process that
//! owns the store. One JSON line in, lines out, the last of them the outcome.

use crate::{
    crawl::{Crawler, Order, Told},
    import::{Progress, Summary, import},
};
use anyhow::{Context, Result, bail};
use archive::{Committer, Ingest};
use imaging_domain::{Principal, StudyUid};
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

/// What the running adapter is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Import(PathBuf),
    Delete(StudyUid),
    Crawl(Order),
}

/// What comes back, line by line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(Progress),
    Done(Summary),
    /// So many instances.
    Deleted(usize),
    Crawl(Box<Told>),
    Failed(String),
}

/// What commands are carried out with.
#[derive(Clone)]
pub struct Hands {
    /// The way in.
    pub ingest: Ingest,
    /// The way out.
    pub committer: Committer,
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
        let Ok((stream, _)) = accepted else { continue };
        let (hands, stop) = (hands.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(answer(stream, hands)).await {
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
    loop {
        match lines.next().await? {
            Answer::Progress(now) => progress(now),
            Answer::Done(summary) => return Ok(summary),
            other => return other.unexpected(),
        }
    }
}

/// Asks the running adapter of a folder to delete a study; answers how many instances went.
///
/// # Errors
/// When it does not answer, holds nothing of it, or could not.
pub async fn ask_delete(dir: &Path, study: &StudyUid) -> Result<usize> {
    match ask(dir, &Request::Delete(study.clone())).await?.next().await? {
        Answer::Deleted(instances) => Ok(instances),
        other => other.unexpected(),
    }
}

/// Asks the running adapter of a folder about the taking over of an old archive.
///
/// # Errors
/// When it does not answer, or takes none over.
pub async fn ask_crawl(dir: &Path, order: Order) -> Result<Told> {
    match ask(dir, &Request::Crawl(order)).await?.next().await? {
        Answer::Crawl(told) => Ok(*told),
        other => other.unexpected(),
    }
}

impl Answer {
    fn unexpected<T>(self) -> Result<T> {
        match self {
            Self::Failed(why) => bail!(why),
            _ => bail!("the running adapter answers something else"),
        }
    }
}

/// The lines of an answer.
struct Answers(Lines<BufReader<UnixStream>>);

impl Answers {
    async fn next(&mut self) -> Result<Answer> {
        let line = self.0.next_line().await?.context("the running adapter broke off")?;
        Ok(serde_json::from_str(&line)?)
    }
}

async fn ask(dir: &Path, request: &Request) -> Result<Answers> {
    let mut stream = UnixStream::connect(socket(dir)).await.context("the running adapter does not answer")?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(Answers(BufReader::new(stream).lines()))
}

async fn answer(stream: UnixStream, hands: Hands) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_REQUEST)).read_line(&mut line).await?;
    let last = match serde_json::from_str(&line)? {
        Request::Import(path) => imported(path, hands.ingest, &mut write).await?,
        Request::Delete(study) => match hands.committer.delete_study(&COMMAND_LINE, &study).await {
            Ok(instances) => Answer::Deleted(instances),
            Err(error) => Answer::Failed(error.to_string()),
        },
        Request::Crawl(order) => {
            let told = order.carry_out(hands.crawler.as_ref()).await;
            told.map_or_else(Answer::Failed, |told| Answer::Crawl(told.into()))
        }
    };
    tell(&mut write, &last).await
}

async fn imported(path: PathBuf, ingest: Ingest, write: &mut OwnedWriteHalf) -> Result<Answer> {
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
    Ok(match work.await {
        Ok(summary) => Answer::Done(summary),
        Err(_) => Answer::Failed("import stopped".into()),
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
