//! The running adapter's own command line: a socket in its folder, so that `import`, `crawl`, `delete` and what the console
//! tells reach the one process that owns the store. One JSON line in, lines of JSON out, the last of them the outcome.

use crate::{
    console::AdapterConsole,
    crawl::{Crawler, Order},
    import::{Progress, Summary, import},
    notes::Noted,
};
use anyhow::{Context, Result, bail};
use archive::{Committer, Ingest};
use imaging_domain::{Principal, StudyUid};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{UnixListener, UnixStream, unix::OwnedWriteHalf},
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
    pub sink: Noted<Ingest>,
    /// The way out.
    pub committer: Committer,
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
    let mut lines = lines_of(dir, &Request::Import(path.to_owned())).await?;
    loop {
        match lines.next().await? {
            Answer::Progress(now) => progress(now),
            Answer::Done(summary) => return Ok(summary),
            Answer::Failed(why) => bail!(why),
            Answer::Told(_) => bail!("the running adapter answers something else"),
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

async fn lines_of(dir: &Path, request: &Request) -> Result<Answers> {
    let mut stream = UnixStream::connect(socket(dir)).await.context("no adapter runs here")?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(Answers(BufReader::new(stream).lines()))
}

/// Asks the running adapter of a folder for one answer.
///
/// # Errors
/// When none runs there, or it did not do it.
pub async fn ask<T: DeserializeOwned>(dir: &Path, request: &Request) -> Result<T> {
    match lines_of(dir, request).await?.next().await? {
        Answer::Told(told) => Ok(serde_json::from_value(told)?),
        Answer::Failed(why) => bail!(why),
        Answer::Progress(_) | Answer::Done(_) => bail!("the running adapter answers something else"),
    }
}

async fn answer(stream: UnixStream, hands: Hands) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_REQUEST)).read_line(&mut line).await?;
    let last = match serde_json::from_str(&line)? {
        Request::Import(path) => imported(path, hands.sink, &mut write).await?,
        asked => match tell_of(&hands, asked).await {
            Ok(told) => Answer::Told(told),
            Err(error) => Answer::Failed(error.to_string()),
        },
    };
    tell(&mut write, &last).await
}

async fn imported(path: PathBuf, sink: Noted<Ingest>, write: &mut OwnedWriteHalf) -> Result<Answer> {
    let (send, mut news) = mpsc::channel(64);
    let work = tokio::spawn(async move {
        // a listener that is slow misses steps, not the end
        import(&path, sink, &COMMAND_LINE, AT_ONCE, |now| {
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

/// What the console tells the command line.
async fn tell_of(hands: &Hands, asked: Request) -> Result<Value> {
    let console = hands.console.as_ref();
    Ok(match asked {
        Request::Crawl(order) => {
            let told = order.carry_out(hands.crawler.as_ref()).await;
            serde_json::to_value(told.map_err(anyhow::Error::msg)?)?
        }
        Request::Delete(study) => serde_json::to_value(hands.committer.delete_study(&COMMAND_LINE, &study).await?)?,
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
