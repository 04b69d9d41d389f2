//! What the adapter does by itself.

use archive::{AheadConfig, Archive};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How often is looked for series to make ready.
const LOOK: Duration = Duration::from_secs(1);

/// Makes the headers of quiet series ready until it is told to stop.
pub async fn make_ready(archive: Archive, config: AheadConfig, stop: CancellationToken) {
    if config.series_at_once == 0 {
        return;
    }
    while let Some(round) = stop.run_until_cancelled(archive.make_ready(&config, None)).await {
        let more =
            round.inspect_err(|error| warn!(%error, "series cannot be made ready")).is_ok_and(|round| round.more);
        if !more && stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return;
        }
    }
}
