//! `pacs-adapter token …`: what machines of the hospital's network show at the LAN's door.

use super::console::Form;
use crate::{
    config::Config,
    control::COMMAND_LINE,
    membership,
    tokens::{Kept, Tokens},
    wiring,
};
use anyhow::{Context, Result, bail};
use audit_log::{Event, What};
use clap::Subcommand;
use daemon::say;
use serde_json::json;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token for a machine and print it; it is told now and never again. Shown as `Authorization: Bearer …`, it lets the
    /// machine store to this hospital and read from it.
    Create {
        /// The machine's name: letters, digits, hyphens, underscores.
        name: String,
    },
    /// The machines that have one.
    List(Form),
    /// Take a machine's token back; it counts from the next request on.
    Revoke {
        /// The machine's name.
        name: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let tokens = Tokens::at(&config.dir, member.site.clone());
    let record = async || -> Result<()> {
        let audit = wiring::command_audit(config, &member.site)?;
        Ok(audit.record(Event::new(What::Account, &COMMAND_LINE)).await?)
    };
    match command {
        Command::Create { name } => {
            record().await?;
            say!("{}", tokens.create(&name, daemon::now_ms())?.to_text());
        }
        Command::List(form) => {
            let kept = tokens.list()?;
            let told: Vec<_> = kept.iter().map(|one| json!({ "name": one.name, "made_ms": one.made_ms })).collect();
            form.print(&told, || kept.iter().map(line).collect())?;
        }
        Command::Revoke { name } => {
            record().await?;
            if !tokens.revoke(&name)? {
                bail!("{name} has no token");
            }
            say!("{name} may not any more");
        }
    }
    Ok(())
}

fn line(kept: &Kept) -> String {
    let made = jiff::Timestamp::from_millisecond(kept.made_ms).unwrap_or_default();
    format!("{:40}  since {}", kept.name, made.strftime("%Y-%m-%dT%H:%M:%SZ"))
}
