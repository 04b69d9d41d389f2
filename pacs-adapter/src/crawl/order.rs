//! What people ask of the taking over.

use super::{crawler::Crawler, told::Told};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Begin a pass, when none goes on, and tell.
    Start,
    /// Tell.
    Tell,
}

impl Order {
    /// Does it, when the configuration names an archive.
    ///
    /// # Errors
    /// What the index says, or that no archive is named.
    pub async fn carry_out(self, crawler: Option<&Crawler>) -> Result<Told> {
        let crawler = crawler.context("the configuration names no archive to take over")?;
        Ok(match self {
            Self::Start => crawler.start().await?,
            Self::Tell => crawler.told().await?,
        })
    }
}
