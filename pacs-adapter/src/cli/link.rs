//! `pacs-adapter link …`: the hospital's own study links. The hub makes and keeps them; it is asked over mutual TLS, so that
//! they are this hospital's, for studies that it holds.

mod create;
mod told;

use crate::{config::Config, membership, uplink};
use anyhow::{Context, Result};
use clap::Subcommand;
use create::Create;
use daemon::say;
use federation::Error;
use imaging_domain::{LinkId, StudyUid};
use serde::Serialize;
use told::{Listed, Made, Past, Told, at, line};

/// Where the hub answers hospitals about links.
const LINKS: &str = "/links";
const JSON: &str = "application/json";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a link to one or more studies of one person; prints its address and its PIN, which are known only now.
    Create(Create),
    /// List this hospital's links, the latest first.
    List {
        /// Of this study only: its Study Instance UID.
        #[arg(long)]
        study: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// What became of a link: when and from where it was opened.
    Show {
        /// The link's name.
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a link last so many days from now.
    Extend {
        /// The link's name.
        id: String,
        /// 1 to 30.
        #[arg(long)]
        days: u32,
    },
    /// Take a link back; what it has opened ends.
    Revoke {
        /// The link's name.
        id: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let mut hub = uplink::dialler(config, &member)?.dial().await.context("the hub cannot be reached")?;
    match command {
        Command::Create(create) => {
            let made: Made = hub.post(LINKS, &create.asked()?).await.map_err(sentence)?;
            create.tell(&made)?;
        }
        Command::List { study, json } => {
            let study = study.map(|study| StudyUid::parse(&study)).transpose()?;
            let path = study.map_or(LINKS.to_owned(), |study| format!("{LINKS}?study={}", study.as_str()));
            let listed: Listed = hub.get(&path, JSON).await.map_err(sentence)?;
            print(json, &listed, || listed.links.iter().map(line).collect())?;
        }
        Command::Show { id, json } => {
            let past: Past = hub.get(&below(&id, "")?, JSON).await.map_err(sentence)?;
            let event = |event: &told::Event| format!("{}  {:12}  {}", at(event.at_ms), event.what, event.addr);
            print(json, &past, || std::iter::once(line(&past.link)).chain(past.events.iter().map(event)).collect())?;
        }
        Command::Extend { id, days } => {
            let asked = serde_json::json!({ "days": days });
            let told: Told = hub.post(&below(&id, "/extend")?, &asked).await.map_err(sentence)?;
            say!("{}", line(&told.link));
        }
        Command::Revoke { id } => {
            let path = below(&id, "/revoke")?;
            let () = hub.post(&path, &serde_json::json!({})).await.map_err(sentence)?;
            say!("{id} opens nothing any more");
        }
    }
    Ok(())
}

/// The path of a link, whose name is checked before it stands in one.
fn below(id: &str, what: &str) -> Result<String> {
    Ok(format!("{LINKS}/{}{what}", LinkId::parse(id)?.as_str()))
}

fn print(json: bool, answer: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
    if json {
        say!("{}", serde_json::to_string(answer)?);
        return Ok(());
    }
    for line in lines() {
        say!("{line}");
    }
    Ok(())
}

/// The hub's refusals in words.
fn sentence(error: Error) -> anyhow::Error {
    let why = match &error {
        Error::Refused => "the hub refuses: this hospital's certificate makes no links",
        Error::Answer(text) if text.ends_with(": not-found") => "the hub knows no such link or study of this hospital",
        Error::Answer(text) if text.ends_with(": two-persons") => "the studies are not of one person",
        Error::Answer(text) if text.ends_with(": malformed") => {
            "the hub makes no link like this: 1 to 100 studies, 1 to 30 days, zh, en or es, 1 to 10000 openings, a note of at \
             most 500 characters; a link that was taken back stays so"
        }
        _ => "the hub did not do it",
    };
    anyhow::Error::new(error).context(why)
}
