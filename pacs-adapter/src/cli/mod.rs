//! The command line of `pacs-adapter`.

mod console;
mod crawl;
mod delete;
mod echo;
mod import;
mod join;
mod link;
mod rules;
mod token;
mod user;

use crate::{config::Config, serve};
use anyhow::Result;
use clap::{Parser, Subcommand};
use daemon::Parent;
use std::{
    ffi::OsString,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// A hospital's end of a regional imaging network: takes images in, keeps them, tells the hub.
#[derive(Parser)]
#[command(name = "pacs-adapter", version)]
struct Arguments {
    /// Configuration file; `ADAPTER_…` in the environment goes before it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Folder of the adapter's state, in place of the configuration's.
    #[arg(long, global = true)]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Join the region with the code of `hub site invite`.
    Join {
        /// The code.
        code: String,
    },
    /// Run the adapter.
    Serve {
        /// Stop when standard input ends.
        #[arg(long)]
        follow_parent: bool,
    },
    /// What `serve` starts to decode foreign pixel data in.
    #[command(hide = true)]
    DecodeWorker,
    /// Take in every DICOM file of a folder; also while the adapter runs.
    Import {
        /// The folder or file.
        path: PathBuf,
    },
    /// Take over the old archive that the configuration names; the adapter must run.
    Crawl {
        #[command(subcommand)]
        command: crawl::Command,
    },
    /// Delete what this hospital's adapter holds of a study, here and in the region's index; also while it runs.
    Delete {
        /// Study Instance UID.
        study: String,
    },
    /// Ask a peer of the configuration whether it is there (C-ECHO).
    Echo {
        /// Its application entity title.
        ae: String,
    },
    /// Study links for patients, to studies that this hospital holds; the hub makes them.
    Link {
        #[command(subcommand)]
        command: link::Command,
    },
    /// How the running adapter does: hub, disk, what came in today.
    Status(console::Form),
    /// What waits for the hub, and what went wrong.
    Queue(console::Queue),
    /// Who is known in the hospital's network, and who is not.
    Peers(console::Peers),
    /// Instances kept aside because others stand under their SOP Instance UID.
    Conflicts(console::Form),
    /// Arrivals that could not be taken in.
    Quarantine(console::Quarantine),
    /// What rules do with what arrives.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Release what a rule holds of a study: the region is told of it, and copies go where rules say; the adapter must run.
    Release {
        /// Study Instance UID.
        study: String,
    },
    /// Try again what waits: the line to the hub, a quarantined arrival, or copies that failed.
    Retry(console::Retry),
    /// People who sign in at the LAN's door.
    #[command(subcommand)]
    User(user::Command),
    /// Machines that store and read at the LAN's door.
    #[command(subcommand)]
    Token(token::Command),
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
    let mut config: Config = settings::load(arguments.config.as_deref(), "ADAPTER_")?;
    if let Some(dir) = arguments.dir {
        config.dir = dir;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let dir = config.dir.clone();
    let ran = runtime.block_on(obey(config, arguments.command));
    ran.map_err(|error| if is_another_s(&dir) { error.context(not_ours(&dir)) } else { error })
}

/// Whether the folder belongs to another user.
fn is_another_s(dir: &Path) -> bool {
    fs::read_dir(dir).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

fn not_ours(dir: &Path) -> String {
    format!("{} belongs to another user: run this as the adapter's own user", dir.display())
}

async fn obey(config: Config, command: Command) -> Result<()> {
    match command {
        Command::Join { code } => join::run(&config, &code).await,
        Command::Serve { follow_parent } => {
            daemon::to_stderr();
            config.check()?;
            serve::run(config, if follow_parent { Parent::Follow } else { Parent::Ignore }).await
        }
        // it has ended above, without a runtime or a configuration
        Command::DecodeWorker => Ok(()),
        Command::Import { path } => import::run(&config, &path).await,
        Command::Crawl { command } => crawl::run(&config, command).await,
        Command::Delete { study } => delete::run(&config, &study).await,
        Command::Echo { ae } => echo::run(&config, &ae).await,
        Command::Link { command } => link::run(&config, command).await,
        Command::Status(form) => console::status(&config, &form).await,
        Command::Queue(queue) => console::queue(&config, queue).await,
        Command::Peers(peers) => console::peers(&config, peers).await,
        Command::Conflicts(form) => console::conflicts(&config, &form).await,
        Command::Quarantine(quarantine) => console::quarantine(&config, quarantine).await,
        Command::Rules(command) => rules::run(&config, command).await,
        Command::Release { study } => rules::release(&config, &study).await,
        Command::Retry(retry) => console::retry(&config, retry).await,
        Command::User(command) => user::run(&config, command).await,
        Command::Token(command) => token::run(&config, command).await,
    }
}
