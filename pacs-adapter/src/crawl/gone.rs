//! What an archive that keeps the images has no more.

use super::{
    crawler::{Inner, overview, store},
    learning::Learner,
};
use catalog::Error;
use std::sync::Arc;

/// The most studies that are looked for one by one at the end of a pass, because no window told them any more.
const MAX_UNSEEN: usize = 10_000;

/// Studies that no window told any more are asked for each by itself, and forgotten when there is nothing. Where they were fetched
/// nothing is done: they are here.
pub(super) async fn forget_gone(Inner { parts, archive, .. }: &Inner) -> Result<(), String> {
    let Some(committer) = &parts.learning else { return Ok(()) };
    let text = |error: Error| error.to_string();
    let mut learner = Learner::new(Arc::clone(parts), committer.clone(), archive.clone());
    let unseen = parts.crawls.unseen(&overview().map_err(text)?, &archive.ae_title, MAX_UNSEEN).await;
    for study in unseen.map_err(text)? {
        if learner.forget_if_gone(&study).await? {
            parts.crawls.end_study(&store().map_err(text)?, &archive.ae_title, &study).await.map_err(text)?;
        }
    }
    learner.release().await;
    Ok(())
}
