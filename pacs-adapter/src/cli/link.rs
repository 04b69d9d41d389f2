//! `pacs-adapter link …`: the hospital's own study links. The hub makes and keeps them; it is asked over mutual TLS, so that
//! they are this hospital's, for studies that it holds.
#![expect(clippy::print_stdout, reason = "the answer to a command")]

mod told;

use crate::{config::Config, membership, uplink};
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use clap::{Args, Subcommand};
use federation::Error;
use imaging_domain::{Allowed, LinkId, StudyUid};
use serde::Serialize;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
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

#[derive(Args)]
pub(super) struct Create {
    /// Study Instance UIDs.
    #[arg(required = true)]
    studies: Vec<String>,
    /// How many days it lasts, 1 to 30.
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// The holder may take the studies away as files.
    #[arg(long)]
    download: bool,
    /// Language its page begins in: zh, en or es.
    #[arg(long, default_value = "")]
    language: String,
    /// How often it may be opened; any number when not given.
    #[arg(long)]
    openings: Option<u32>,
    /// What you want to remember.
    #[arg(long, default_value = "")]
    note: String,
    /// Print JSON: url, pin, id.
    #[arg(long)]
    json: bool,
    /// Write the QR code there, as SVG.
    #[arg(long)]
    qr_svg: Option<PathBuf>,
    /// Write the QR code there, as PNG.
    #[arg(long)]
    qr_png: Option<PathBuf>,
    /// Write the slip for the patient there, as a page to print.
    #[arg(long)]
    slip: Option<PathBuf>,
    /// Print the PIN on the slip too.
    #[arg(long)]
    pin_on_slip: bool,
}

/// What the hub is asked for. No `Debug`: the note may name a patient.
#[derive(Serialize)]
struct Asked<'a> {
    studies: Vec<StudyUid>,
    days: u32,
    allowed: Allowed,
    language: &'a str,
    openings: Option<u32>,
    note: &'a str,
    pin_on_slip: bool,
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
            println!("{}", line(&told.link));
        }
        Command::Revoke { id } => {
            let path = below(&id, "/revoke")?;
            let () = hub.post(&path, &serde_json::json!({})).await.map_err(sentence)?;
            println!("{id} opens nothing any more");
        }
    }
    Ok(())
}

impl Create {
    fn asked(&self) -> Result<Asked<'_>> {
        let studies: Result<Vec<_>, _> = self.studies.iter().map(|study| StudyUid::parse(study)).collect();
        // before there is a link that nobody could be told of
        for path in [&self.qr_svg, &self.qr_png, &self.slip].into_iter().flatten().filter(|path| path.exists()) {
            bail!("{} is there already", path.display());
        }
        Ok(Asked {
            studies: studies?,
            days: self.days,
            allowed: if self.download { Allowed::Download } else { Allowed::View },
            language: &self.language,
            openings: self.openings,
            note: &self.note,
            pin_on_slip: self.pin_on_slip,
        })
    }

    /// Prints first: what cannot be written is no reason to lose the PIN.
    fn tell(&self, made: &Made) -> Result<()> {
        if self.json {
            println!("{}", serde_json::json!({ "id": made.link.id, "url": made.url, "pin": made.pin }));
        } else {
            println!("{}\nPIN {}\n{}", made.url, made.pin, line(&made.link));
        }
        let png = STANDARD.decode(&made.qr_png).context("the hub's QR code cannot be read")?;
        for (path, bytes) in
            [(&self.qr_svg, made.qr_svg.as_bytes()), (&self.qr_png, &png), (&self.slip, made.slip.as_bytes())]
        {
            path.as_deref().map(|path| write_new(path, bytes)).transpose()?;
        }
        Ok(())
    }
}

/// The path of a link, whose name is checked before it stands in one.
fn below(id: &str, what: &str) -> Result<String> {
    Ok(format!("{LINKS}/{}{what}", LinkId::parse(id)?.as_str()))
}

fn print(json: bool, answer: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(answer)?);
        return Ok(());
    }
    for line in lines() {
        println!("{line}");
    }
    Ok(())
}

/// For its owner alone: whoever has address and PIN has the study.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("{} cannot be written", path.display()))
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
