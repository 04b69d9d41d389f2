//! The asking side of the control socket.

use super::{Answer, Request, socket};
use crate::import::{Progress, Summary};
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::path::Path;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::UnixStream,
};

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
