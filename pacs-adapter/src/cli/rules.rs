//! `pacs-adapter rules` and `release`.

use crate::{
    config::Config,
    control::{COMMAND_LINE, Request, ask},
    membership,
    rules::{Rule, RuleFile, Told, ToldStudy, dry_run},
    wiring,
};
use anyhow::{Context, Result};
use clap::Subcommand;
use daemon::say;
use imaging_domain::{AeTitle, StudyUid};
use std::path::{Path, PathBuf};
use viewer_api::Deed;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say what a file of rules would do with the latest stored studies; nothing is changed. Without a file: the configuration's
    /// own.
    Test {
        /// The file.
        file: Option<PathBuf>,
        /// As if this application entity had sent them all; without it, as if each had come as a rule says.
        #[arg(long, value_name = "AE")]
        calling: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say whether a file of rules can be used. Without a file: the configuration's own.
    Check {
        /// The file.
        file: Option<PathBuf>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    match command {
        Command::Check { file } => {
            let rules = rules(config, file.as_deref())?;
            wiring::rule_book_of(config, &rules)?;
            say!("{} rules can be used", rules.len());
        }
        Command::Test { file, calling, json } => {
            let calling = calling.map(|title| AeTitle::parse(&title)).transpose()?;
            let told = test(config, rules(config, file.as_deref())?, calling).await?;
            if json {
                say!("{}", serde_json::to_string(&told)?);
            } else {
                lines(&told).iter().for_each(|line| say!("{line}"));
            }
        }
    }
    Ok(())
}

/// The rules of a file, or those of the configuration and the file that it names.
fn rules(config: &Config, file: Option<&Path>) -> Result<Vec<Rule>> {
    match file {
        Some(file) => Ok(settings::load_file::<RuleFile>(file)?.rules),
        None => wiring::rules(config),
    }
}

/// By itself when no adapter runs here, else by the one that does.
async fn test(config: &Config, rules: Vec<Rule>, calling: Option<AeTitle>) -> Result<Told> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let book = wiring::rule_book_of(config, &rules)?;
    match wiring::lock(&config.dir)? {
        Some(lock) => {
            let adapter = wiring::assemble(config, &member.site, lock)?;
            dry_run(&adapter.archive, &COMMAND_LINE, &book, calling.as_ref()).await
        }
        None => ask(&config.dir, &Request::TestRules { rules, calling }).await,
    }
}

fn lines(told: &Told) -> Vec<String> {
    let mut lines = vec![];
    for ToldStudy { study, instances, done } in &told.studies {
        lines.push(format!("{study}  {instances} images"));
        lines.extend(done.iter().map(|(what, count)| format!("  {count:>6} of them  {what}")));
        if done.is_empty() {
            lines.push("  no rule applies".to_owned());
        }
    }
    if told.unread > 0 {
        lines.push(format!("{} images could not be read; the log says why", told.unread));
    }
    if told.more {
        lines.push("there are more studies; these are the latest".to_owned());
    }
    lines
}

/// `pacs-adapter release`.
pub(super) async fn release(config: &Config, study: &str) -> Result<()> {
    let study = StudyUid::parse(study).context("that is no Study Instance UID")?;
    let () = ask(&config.dir, &Request::Act(Deed::Release(study.clone()))).await?;
    say!("{study} is released");
    Ok(())
}
