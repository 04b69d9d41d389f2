//! What the adapter keeps to itself.

use crate::config::Config;
use anyhow::{Context, Result};
use archive::Pseudonyms;

/// What UIDs are replaced by where a file is given without who it is about; its secret is made the first time.
pub(super) fn pseudonyms(config: &Config) -> Result<Pseudonyms> {
    Pseudonyms::kept_in(&config.dir.join("uid-secret")).context("the secret of de-identification")
}
