//! The answering side of the control socket.

use super::{AT_ONCE, Answer, COMMAND_LINE, Hands, MAX_REQUEST, Request};
use crate::{import::import, rules::dry_run, wiring::rule_book_of};
use anyhow::{Result, bail};
use archive::Ingest;
use serde_json::Value;
use std::path::PathBuf;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixStream, unix::OwnedWriteHalf},
    sync::mpsc,
};
use viewer_api::Console;

/// Answers one request.
pub(super) async fn answer(stream: UnixStream, hands: Hands) -> Result<()> {
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

async fn imported(path: PathBuf, sink: Ingest, write: &mut OwnedWriteHalf) -> Result<Answer> {
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
        Request::TestRules { rules, calling } => {
            let book = rule_book_of(&hands.config, &rules)?;
            serde_json::to_value(dry_run(&hands.archive, &COMMAND_LINE, &book, calling.as_ref()).await?)?
        }
    })
}

async fn tell(write: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    Ok(write.write_all(&line).await?)
}
