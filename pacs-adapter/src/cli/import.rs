//! `pacs-adapter import`.

use crate::{
    config::Config,
    control::{self, AT_ONCE, COMMAND_LINE},
    import::{Progress, Summary},
    membership, wiring,
};
use anyhow::{Context, Result, bail};
use daemon::say;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;

/// Takes a folder in: by itself when no adapter runs here, else through the one that does.
pub(super) async fn run(config: &Config, path: &Path) -> Result<()> {
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let path = path.canonicalize().with_context(|| format!("{} is not there", path.display()))?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} files, {per_sec}, {msg}")?);
    let show = |now: Progress| {
        bar.set_position(now.stored + now.duplicates + now.conflicts + now.dropped + now.refused);
        bar.set_message(format!("{} MB, {} refused", now.bytes >> 20, now.refused));
    };
    let summary = match wiring::lock(&config.dir)? {
        Some(lock) => {
            let adapter = wiring::assemble(config, &member.site, lock)?;
            let summary = crate::import::import(&path, adapter.sink.clone(), &COMMAND_LINE, AT_ONCE, show).await;
            adapter.notes.write().await;
            summary
        }
        None => control::ask_import(&config.dir, &path, show).await?,
    };
    bar.finish_and_clear();
    report(&summary);
    let Progress { stored, duplicates, conflicts, dropped, refused, .. } = summary.total;
    if refused > 0 && stored + duplicates + conflicts + dropped == 0 {
        bail!("nothing could be taken in");
    }
    Ok(())
}

fn report(summary: &Summary) {
    for (path, why) in &summary.refused {
        say!("refused {}: {why}", path.display());
    }
    let Progress { stored, duplicates, conflicts, dropped, refused, .. } = summary.total;
    say!("{stored} stored, {duplicates} were here, {conflicts} in conflict, {refused} refused");
    if dropped > 0 {
        say!("{dropped} dropped by rules");
    }
    for path in &summary.first_unnamed {
        say!("not named by the DICOMDIR {}", path.display());
    }
    if summary.unnamed > 0 {
        say!("{} taken in, or here before, that the DICOMDIR does not name", summary.unnamed);
    }
}
