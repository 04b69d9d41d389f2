//! `hub link …`.

use crate::{config::Config, state::StateDir, state::write_new, wiring};
use anyhow::{Result, bail};
use catalog::Link;
use clap::{Args, Subcommand};
use daemon::{now_ms, say};
use imaging_domain::{Allowed, LinkId, Principal, StudyUid};
use std::path::PathBuf;
use study_links::{Made, StudyLinks, Wanted, WithPin};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a link to one or more studies of one person; prints its address and its PIN, which are known only now.
    Create(Create),
    /// List links, the latest first.
    List {
        /// Of this study only: its Study Instance UID.
        #[arg(long)]
        study: Option<String>,
    },
    /// What became of a link: when and from where it was opened.
    Show {
        /// The link's name.
        id: String,
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
    /// Print JSON: id, url, pin, and the link for standard readers: shlink, shlink_page.
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

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let state = StateDir::at(&config.dir);
    let links = wiring::links(config, &state, wiring::index(&state)?, wiring::audit(&state, "command")?)?;
    let operator = Principal::Service("command line");
    match command {
        Command::Create(create) => make(&links, &operator, create).await?,
        Command::List { study } => {
            let study = study.map(|study| StudyUid::parse(&study)).transpose()?;
            for link in links.list(&operator, study.as_ref()).await? {
                say!("{}", line(&link));
            }
        }
        Command::Show { id } => {
            let (link, events) = links.history(&operator, &LinkId::parse(&id)?).await?;
            say!("{}", line(&link));
            for event in events {
                say!("{}  {:12}  {}", at(event.at_ms), event.what.word(), event.addr);
            }
        }
        Command::Extend { id, days } => {
            say!("{}", line(&links.extend(&operator, &LinkId::parse(&id)?, days).await?));
        }
        Command::Revoke { id } => {
            links.revoke(&operator, &LinkId::parse(&id)?).await?;
            say!("{id} opens nothing any more");
        }
    }
    Ok(())
}

async fn make(links: &StudyLinks, operator: &Principal, create: Create) -> Result<()> {
    let studies: Result<Vec<_>, _> = create.studies.iter().map(|study| StudyUid::parse(study)).collect();
    let wanted = Wanted {
        studies: studies?,
        days: Some(create.days),
        allowed: if create.download { Allowed::Download } else { Allowed::View },
        language: create.language.clone(),
        openings: create.openings,
        note: create.note.clone(),
    };
    // before there is a link that nobody could be told of
    let mut files = [&create.qr_svg, &create.qr_png, &create.slip].into_iter().flatten();
    if let Some(path) = files.find(|path| path.exists()) {
        bail!("{} is there already", path.display());
    }
    let made = links.make(operator, wanted).await?;
    if create.json {
        let (shlink, shlink_page) = (&made.shlink, made.shlink_page());
        let told = serde_json::json!({
            "id": made.link.id, "url": made.url, "pin": made.pin, "shlink": shlink, "shlink_page": shlink_page,
        });
        say!("{told}");
    } else {
        say!("{}\nPIN {}\n{}", made.url, made.pin, line(&made.link));
    }
    write(&create, &made)
}

fn write(create: &Create, made: &Made) -> Result<()> {
    if let Some(path) = &create.qr_svg {
        write_new(path, study_links::svg(&made.url)?)?;
    }
    if let Some(path) = &create.qr_png {
        write_new(path, &study_links::png(&made.url)?)?;
    }
    if let Some(path) = &create.slip {
        let with_pin = if create.pin_on_slip { WithPin::Printed } else { WithPin::Apart };
        write_new(path, study_links::slip(made, with_pin)?)?;
    }
    Ok(())
}

fn line(link: &Link) -> String {
    let studies: Vec<&str> = link.studies.iter().map(StudyUid::as_str).collect();
    let state = link.state(now_ms());
    format!("{}  {state:8}  until {}  {}  {}", link.id, at(link.expires_ms), link.owner, studies.join(" "))
}

/// A moment, to the second, UTC.
fn at(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}
