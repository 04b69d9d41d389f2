//! `pacs-adapter echo`.

use crate::{config::Config, requester::Requester, wiring};
use anyhow::{Context, Result, ensure};
use daemon::say;
use imaging_domain::AeTitle;
use std::time::Instant;

/// Asks a known peer whether it is there (C-ECHO), as the adapter itself would.
#[expect(clippy::disallowed_methods, reason = "the command says how long it took")]
pub(super) async fn run(config: &Config, ae_title: &str) -> Result<()> {
    let ae_title = AeTitle::parse(ae_title)?;
    let peer = wiring::peers(config)?.by_title(&ae_title);
    let peer = peer.with_context(|| format!("nobody is known as {ae_title} with an address where it is called"))?;
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    let begun = Instant::now();
    let status = requester.echo(&peer).await?;
    ensure!(status.is_done(), "{ae_title} answers {status}");
    say!("{ae_title} at {} answers after {} ms", peer.address, begun.elapsed().as_millis());
    Ok(())
}
