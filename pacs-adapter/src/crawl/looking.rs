//! Which studies are compared image by image although the archive tells nothing new of them.

use super::crawler::{Inner, overview, store};
use catalog::Error;

/// Has those looked into for which it is time in this pass.
pub(super) async fn look_into(Inner { parts, config, archive, .. }: &Inner) -> Result<(), String> {
    let look = async {
        let Some(pass) = parts.crawls.last_pass(&overview()?, &archive.ae_title).await? else { return Ok(()) };
        let before_ms = config.look_into_before_ms(pass.begun_ms);
        let count = parts.crawls.look_into(&store()?, &archive.ae_title, before_ms).await?;
        tracing::info!(archive = %archive.ae_title, count, "studies of which the archive tells nothing new are compared");
        Ok(())
    };
    look.await.map_err(|error: Error| error.to_string())
}
