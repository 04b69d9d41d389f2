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
    pub(in crate::cli) fn print(&self, told: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
        let lines = if self.json { vec![serde_json::to_string(told)?] } else { lines() };
        // nothing is no line, not an empty one
        if !lines.is_empty() {
            answer(format_args!("{}", lines.join("\n")))?;
        }
        Ok(())
    }
}
