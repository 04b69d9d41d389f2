//! What people ask of the taking over.

use super::{crawler::Crawler, told::Told};
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
    /// What the index says, or that no archive is named, in words.
    pub async fn carry_out(self, crawler: Option<&Crawler>) -> Result<Told, String> {
        let crawler = crawler.ok_or("the configuration names no archive to take over")?;
        let told = match self {
            Self::Start => crawler.start().await,
            Self::Tell => crawler.told().await,
        };
        told.map_err(|error| error.to_string())
    }
}
