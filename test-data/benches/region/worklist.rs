//! The worklist in Chromium over an index as large as a region's: from key press to rows drawn, and scrolling far down.
//!
//! Needs the peers' Python packages (`.venv`, or `PEERS_PYTHON`) and Debian's chromium.

use crate::{children::command_given, fill::fill, query::studies::STUDIES, region::Hub, sizes::Sizes};
use anyhow::{Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tokio::runtime::Runtime;

const NAME: &str = "bench";
const PASSWORD: &str = "only of this bench";

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    let filled = Runtime::new()?.block_on(fill(&hub.config, STUDIES, sizes.worklist))?;
    let account = ["user", "add", NAME, "--role", "radiologist"];
    command_given("hub", &place.join("hub.toml"), &account, &format!("{PASSWORD}\n"))?;
    hub.start()?;
    println!("\nThe worklist over {} studies ({} instances) in Chromium", sizes.worklist, filled.instances);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let usual = || root.join(".venv/bin/python");
    let python = std::env::var_os("PEERS_PYTHON").map_or_else(usual, PathBuf::from);
    let status = Command::new(python)
        .arg(root.join("test-data/tests/peers/measure_worklist.py"))
        .args(["--web", &format!("https://{}/", hub.config.listen.web), "--name", NAME, "--password", PASSWORD])
        .status()?;
    if !status.success() {
        bail!("the worklist could not be measured");
    }
    Ok(())
}
