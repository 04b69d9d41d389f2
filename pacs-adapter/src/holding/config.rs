//! What the hospital may set about where its images are.

use serde::{Deserialize, Serialize};

/// Where the images are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// The adapter keeps what it takes in.
    #[default]
    Keep,
    /// The PACS that `[crawl]` names keeps them; here is a cache.
    IndexOnly,
}
