//! `pacs-adapter crawl`.

use super::console::Form;
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
    Status(Form),
    /// What the archive says it has against what is here.
    Report(Form),
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let order = if matches!(command, Command::Start) { Order::Start } else { Order::Tell };
    let told: Told = ask(&config.dir, &Request::Crawl(order)).await?;
    match command {
        Command::Start => {
            say!("{}", status(&told));
            Ok(())
        }
        Command::Status(form) => form.print(&told, || vec![status(&told)]),
        Command::Report(form) => form.print(&told, || report(&told)),
    }
}

fn status(told: &Told) -> String {
    let Told { archive, pass, studies_told, studies_arrived, waiting, given_up, .. } = told;
    if *pass == 0 {
        return format!("{archive}: not begun");
    }
    let state = match (told.ended_ms, told.rests, told.trouble.as_str()) {
        (Some(ended), _, "") => format!("ended {}", time(ended)),
        (Some(ended), _, trouble) => format!("ended {}; {trouble}", time(ended)),
        (None, true, _) => "rests until its hours".to_owned(),
        (None, false, "") => format!("{} windows to ask", told.windows_waiting),
        (None, false, trouble) => format!("in trouble: {trouble}"),
    };
    format!(
        "{archive}, pass {pass}: {studies_arrived} of {studies_told} studies here, {waiting} waiting, {given_up} given up; {state}"
    )
}

fn report(told: &Told) -> Vec<String> {
    let mut lines = vec![status(told)];
    if told.pass == 0 {
        return lines;
    }
    lines.push(format!("begun           {}", time(told.begun_ms)));
    lines.push(format!("studies         {} told, {} here", told.studies_told, told.studies_arrived));
    lines.push(format!("instances       {} told, {} here", told.instances_told, told.instances_arrived));
    let Told { new, changed, gone, .. } = told;
    lines.push(format!("in this pass    {new} new, {changed} changed, {gone} gone from the archive"));
    if told.instances_left_out > 0 {
        let count = told.instances_left_out;
        lines.push(format!("by rules        {count} instances came and were dropped, or are held"));
    }
    if told.studies_untold > 0 {
        let count = told.studies_untold;
        lines.push(format!("without a count {count} studies: the archive does not say how many instances they have"));
    }
    if told.windows_cut > 0 {
        let count = told.windows_cut;
        lines.push(format!("uncertain       {count} answers were cut off or refused and could not be asked in parts, or name studies without a usable UID"));
    }
    lines.extend(told.lost.iter().map(|Lost { study, told, held, why }| {
        let told = told.map_or("?".to_owned(), |told| told.to_string());
        format!("given up        {study}: {held} of {told} instances here; {why}")
    }));
    lines
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|time| time.to_string()).unwrap_or_default()
}
