//! How answers are printed: for people, or as JSON.

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};

/// How an answer is printed.
#[derive(Args)]
pub(in crate::cli) struct Form {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Form {
    pub(super) fn print(&self, answer: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
        let mut text = if self.json { serde_json::to_string(answer)? } else { lines().join("\n") };
        text.push('\n');
        match io::stdout().write_all(text.as_bytes()) {
            // whoever reads has read enough, as `head` does
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}
