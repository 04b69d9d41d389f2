//! `pacs-adapter user …`: who signs in at the LAN's door.

use crate::{config::Config, control::COMMAND_LINE, membership, wiring};
use anyhow::{Context, Result};
use archive::People;
use clap::{Subcommand, ValueEnum};
use daemon::say;
use imaging_domain::Role;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an account, or give it a new password and role. The password is the first line of standard input.
    Add {
        /// Sign-in name.
        name: String,
        /// What the person is for.
        #[arg(long, value_enum)]
        role: RoleWord,
    },
}

/// What people of a hospital are for.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleWord {
    /// Sees the hospital's studies and makes links for patients.
    Radiologist,
    /// As a radiologist.
    Technician,
    /// Runs the adapter by its console; sees no images.
    Operator,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let Command::Add { name, role } = command;
    let role = match role {
        RoleWord::Radiologist => Role::Radiologist,
        RoleWord::Technician => Role::Technician,
        RoleWord::Operator => Role::Operator,
    };
    let password = daemon::line_typed().context("no password on standard input")?;
    let audit = wiring::command_audit(config, &member.site)?;
    let people = People { accounts: wiring::index(config)?, audit, clock: daemon::now_ms };
    people.put_account(&COMMAND_LINE, &name, role, &password).await?;
    say!("{name} may sign in");
    Ok(())
}
