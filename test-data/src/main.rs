//! The program of `test-data`: the demo region, which runs this same binary as hub and as adapters.

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use test_data::demo;

/// A whole region on one machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a hub and its hospitals, fill them, and say where to look.
    Demo(demo::Options),
    /// What hub and adapters start to decode foreign pixel data in.
    #[command(hide = true)]
    DecodeWorker,
    /// The program `hub`.
    #[command(disable_help_flag = true)]
    Hub {
        /// What follows.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// The program `pacs-adapter`.
    #[command(disable_help_flag = true)]
    Adapter {
        /// What follows.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> anyhow::Result<()> {
    let named = |name: &str, rest: Vec<OsString>| std::iter::once(name.into()).chain(rest).collect::<Vec<_>>();
    match Arguments::parse().command {
        Command::Demo(options) => demo::run(options),
        Command::DecodeWorker => hub::cli::run(named("hub", vec!["decode-worker".into()])),
        Command::Hub { arguments } => hub::cli::run(named("hub", arguments)),
        Command::Adapter { arguments } => pacs_adapter::cli::run(named("pacs-adapter", arguments)),
    }
}
