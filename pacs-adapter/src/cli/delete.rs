//! `pacs-adapter delete`.

use crate::{
    config::Config,
    control::{self, COMMAND_LINE, Request},
    membership, wiring,
};
use anyhow::{Context, Result};
use daemon::say;
use imaging_domain::StudyUid;

/// Deletes a study: by itself when no adapter runs here, else through the one that does.
pub(super) async fn run(config: &Config, study: &str) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let study = StudyUid::parse(study).context("that is no Study Instance UID")?;
    let instances: usize = match wiring::lock(&config.dir)? {
        Some(lock) => {
            let adapter = wiring::assemble(config, &member.site, lock)?;
            adapter.committer.delete_study(&COMMAND_LINE, &study).await?
        }
        None => control::ask(&config.dir, &Request::Delete(study)).await?,
    };
    say!("{instances} instances deleted");
    Ok(())
}
