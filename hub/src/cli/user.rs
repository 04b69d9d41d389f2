//! `hub user …`.

use crate::{config::Config, state::StateDir, wiring};
use anyhow::{Context, Result};
use archive::People;
use clap::{Subcommand, ValueEnum};
use daemon::say;
use imaging_domain::{Principal, Role};

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

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleWord {
    Radiologist,
    Technician,
    Operator,
    Auditor,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Add { name, role } = command;
    let role = match role {
        RoleWord::Radiologist => Role::Radiologist,
        RoleWord::Technician => Role::Technician,
        RoleWord::Operator => Role::Operator,
        RoleWord::Auditor => Role::Auditor,
    };
    let password = daemon::line_typed().context("no password on standard input")?;
    let state = StateDir::at(&config.dir);
    let people =
        People { accounts: wiring::index(&state)?, audit: wiring::audit(&state, "command")?, clock: daemon::now_ms };
    let operator = Principal::Service("command line");
    people.put_account(&operator, &name, role, &password).await?;
    say!("{name} may sign in");
    Ok(())
}
