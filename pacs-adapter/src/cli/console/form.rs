//! How answers are printed: for people, or as JSON.

use anyhow::Result;
use clap::Args;
use daemon::answer;
use serde::Serialize;

/// How an answer is printed.
#[derive(Args)]
pub(in crate::cli) struct Form {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Form {
    pub(super) fn print(&self, told: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
        let text = if self.json { serde_json::to_string(told)? } else { lines().join("\n") };
        Ok(answer(format_args!("{text}"))?)
    }
}
