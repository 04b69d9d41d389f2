//! `hub viewer …`.

use crate::{
    config::Config,
    state::StateDir,
    viewer::{self, Origin, PACKAGE, VERSION},
};
use anyhow::Result;
use clap::Subcommand;
use daemon::say;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Fetch OHIF with npm, check it and put it in its place; `hub serve` offers it from its next start on.
    Install {
        /// The package's archive, for a machine without npm or without a way out: `npm pack @ohif/app@VERSION` makes it.
        #[arg(long)]
        from: Option<PathBuf>,
    },
}

pub(super) fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Install { from } = command;
    let origin = from.as_deref().map_or(Origin::Npm, Origin::File);
    let folder = viewer::install(&StateDir::at(&config.dir), origin)?;
    say!("{PACKAGE} {VERSION} is in {}", folder.display());
    Ok(())
}
