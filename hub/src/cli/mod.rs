//! The command line of `hub`.

mod audit;
mod client;
mod init;
mod link;
mod site;
mod user;
mod viewer;

use crate::{config::Config, gate, serve};
use anyhow::Result;
use clap::{Parser, Subcommand};
use daemon::Parent;
use std::{ffi::OsString, path::PathBuf};

/// The region's hub: index, cache, pictures and doors of a regional imaging network.
#[derive(Parser)]
#[command(name = "hub", version)]
struct Arguments {
    /// Configuration file; `HUB_…` in the environment goes before it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Folder of the hub's state, in place of the configuration's.
    #[arg(long, global = true)]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the region: its authority, its index.
    Init,
    /// Run the hub.
    Serve {
        /// Stop when standard input ends.
        #[arg(long)]
        follow_parent: bool,
    },
    /// Run the public listener of study links by itself, on a machine that has nothing else of the hub. `--config` names a
    /// file of its own: see gate.example.toml.
    Gate {
        /// Stop when standard input ends.
        #[arg(long)]
        follow_parent: bool,
    },
    /// What `serve` starts to decode foreign pixel data in.
    #[command(hide = true)]
    DecodeWorker,
    /// Hospitals of the region.
    #[command(subcommand)]
    Site(site::Command),
    /// Machines that read the region.
    #[command(subcommand)]
    Client(client::Command),
    /// People who sign in.
    #[command(subcommand)]
    User(user::Command),
    /// Study links, which patients open.
    #[command(subcommand)]
    Link(link::Command),
    /// The full viewer.
    #[command(subcommand)]
    Viewer(viewer::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Command),
}

/// Runs the program with these arguments, the first being its name.
///
/// # Errors
/// What went wrong, for people.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    let arguments = Arguments::parse_from(arguments);
    if let Command::DecodeWorker = arguments.command {
        return Ok(rendering::decode_worker()?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Command::Gate { follow_parent } = arguments.command {
        daemon::to_stderr();
        return runtime
            .block_on(gate::run(settings::load(arguments.config.as_deref(), "GATE_")?, parent(follow_parent)));
    }
    let mut config: Config = settings::load(arguments.config.as_deref(), "HUB_")?;
    if let Some(dir) = arguments.dir {
        config.dir = dir;
    }
    runtime.block_on(async {
        match arguments.command {
            Command::Init => init::run(&config),
            // they have ended above, without the hub's configuration
            Command::DecodeWorker | Command::Gate { .. } => Ok(()),
            Command::Serve { follow_parent } => {
                daemon::to_stderr();
                serve::run(config, parent(follow_parent)).await
            }
            Command::Site(command) => site::run(&config, command).await,
            Command::Client(command) => client::run(&config, command).await,
            Command::User(command) => user::run(&config, command).await,
            Command::Link(command) => link::run(&config, command).await,
            Command::Viewer(command) => viewer::run(&config, command),
            Command::Audit(command) => audit::run(&config, command),
        }
    })
}

fn parent(follow: bool) -> Parent {
    if follow { Parent::Follow } else { Parent::Ignore }
}
