//! The demo region: a hub and its hospitals as real processes with their real entry points, on loopback.
//!
//! Everything it starts hangs on its standard input pipes, so that nothing outlives it however it ends.

mod children;
mod hospitals;
mod ports;
mod ready;
mod region;
mod sources;
mod told;
mod viewer;

pub use ready::{HubPlace, LinkPlace, Ready, SitePlace, TlsFiles, UserPlace};

use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// How to run the demo.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Folder of the region's state; a temporary one when not given. Given again it starts from what was there.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// DICOM files, one folder for each hospital; the built-in generated region when not given.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// How many hospitals.
    #[arg(long, default_value_t = 12)]
    pub sites: usize,
    /// Stop when everything answers.
    #[arg(long)]
    pub exit_when_ready: bool,
    /// The full viewer: `auto` fetches OHIF with npm where npm is, `off` goes without, anything else is its archive.
    #[arg(long, default_value = "auto")]
    pub viewer: String,
    /// Write a JSON file that says where everything is, when everything answers.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
    /// Added to the usual ports, for a second region on the same machine.
    #[arg(long, default_value_t = 0)]
    pub port_offset: u16,
}

/// Runs the demo until it is told to stop.
///
/// # Errors
/// When a part does not start, or ends by itself.
pub fn run(options: Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(region::run(options))
}
