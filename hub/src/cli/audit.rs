//! `hub audit …`.

use crate::{config::Config, state::StateDir};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use daemon::say;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Check every chain from its first event to its last.
    Verify,
}

pub(super) fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Verify = command;
    let folder = StateDir::at(&config.dir).audit();
    let mut chains: Vec<_> = std::fs::read_dir(&folder)
        .with_context(|| format!("there is no audit log in {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    chains.sort();
    let mut broken = 0;
    for chain in chains {
        match audit_log::verify(&chain) {
            Ok(verified) => {
                say!("{}: {} events, head {}", chain.display(), verified.events, hex::encode(verified.head));
            }
            Err(problem) => {
                broken += 1;
                say!("{}: BROKEN: {problem}", chain.display());
            }
        }
    }
    if broken > 0 {
        bail!("{broken} chains are broken");
    }
    Ok(())
}
