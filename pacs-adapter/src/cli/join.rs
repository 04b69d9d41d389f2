//! `pacs-adapter join`.

use crate::{config::Config, membership};
use anyhow::{Context, Result, bail};
use daemon::say;
use federation::Code;

/// Joins the region. A hospital that has joined already may join again as the same site: its images stay its own.
pub(super) async fn run(config: &Config, code: &str) -> Result<()> {
    let before = membership::load(&config.dir)?;
    let code = Code::parse(code)?;
    let member = federation::join(&code).await.with_context(|| format!("the hub at {} did not enrol", code.address))?;
    if let Some(before) = before.filter(|before| before.site != member.site) {
        bail!("this adapter holds images of {}; {} needs a folder of its own", before.site, member.site);
    }
    membership::save(&config.dir, &member)?;
    say!("joined as {}", member.site);
    Ok(())
}
