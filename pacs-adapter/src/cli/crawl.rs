//! `pacs-adapter crawl`.

use crate::{
    config::Config,
    control::{Request, ask},
    crawl::{Order, Told},
};
use anyhow::Result;
use clap::Subcommand;
use daemon::say;
use jiff::Timestamp;
use viewer_api::Lost;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Begin to look through the whole archive, when nobody does.
    Start,
    /// How far it is, in a line.
    Status,
    /// What the archive says it has against what is here.
    Report {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let order = if matches!(command, Command::Start) { Order::Start } else { Order::Tell };
    let told: Told = ask(&config.dir, &Request::Crawl(order)).await?;
    match command {
        Command::Start | Command::Status => say!("{}", status(&told)),
        Command::Report { json: true } => say!("{}", serde_json::to_string_pretty(&told)?),
        Command::Report { json: false } => report(&told),
    }
    Ok(())
}

fn status(told: &Told) -> String {
    let Told { archive, pass, studies_told, studies_arrived, waiting, given_up, .. } = told;
    if *pass == 0 {
        return format!("{archive}: not begun");
    }
    let state = match (told.ended_ms, told.rests, told.trouble.as_str()) {
        (Some(ended), ..) => format!("ended {}", time(ended)),
        (None, true, _) => "rests until its hours".to_owned(),
        (None, false, "") => format!("{} windows to ask", told.windows_waiting),
        (None, false, trouble) => format!("in trouble: {trouble}"),
    };
    format!(
        "{archive}, pass {pass}: {studies_arrived} of {studies_told} studies here, {waiting} waiting, {given_up} given up; {state}"
    )
}

fn report(told: &Told) {
    say!("{}", status(told));
    if told.pass == 0 {
        return;
    }
    say!("begun           {}", time(told.begun_ms));
    say!("studies         {} told, {} here", told.studies_told, told.studies_arrived);
    say!("instances       {} told, {} here", told.instances_told, told.instances_arrived);
    say!("in this pass    {} new, {} changed, {} gone from the archive", told.new, told.changed, told.gone);
    if told.studies_untold > 0 {
        say!("without a count {} studies: the archive does not say how many instances they have", told.studies_untold);
    }
    if told.windows_cut > 0 {
        say!("uncertain       {} answers were cut off and could not be asked in parts", told.windows_cut);
    }
    for Lost { study, told, held, why } in &told.lost {
        let told = told.map_or("?".to_owned(), |told| told.to_string());
        say!("given up        {study}: {held} of {told} instances here; {why}");
    }
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|time| time.to_string()).unwrap_or_default()
}
