//! The ordered feed of each site, read at the hospital and applied at the hub.

use crate::error::Error;
use access_control::{Feed, Permit};
use async_trait::async_trait;
use imaging_domain::{Change, SiteId};

/// Feeds by site. Numbers begin at 1 and have no gaps: one line stands for all in a row that later ones took the place of.
#[async_trait]
pub trait ChangeFeed: Send + Sync {
    /// At the hospital: lines of its feed after a number, in order, at most `limit`.
    async fn changes_after(
        &self,
        permit: &Permit<Feed>,
        site: &SiteId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Change>, Error>;

    /// At the hospital: number of the last line written; 0 when none.
    async fn last_number(&self, permit: &Permit<Feed>, site: &SiteId) -> Result<u64, Error>;

    /// At the hub: number of the last line applied; 0 when none.
    async fn position(&self, permit: &Permit<Feed>, site: &SiteId) -> Result<u64, Error>;

    /// At the hub: applies lines in one transaction and answers the number now held. Lines at or below that number
    /// are passed over, so that a repeated batch changes nothing.
    ///
    /// # Errors
    /// [`Error::Gap`] when the first new line is not the next one; nothing was applied.
    async fn apply(
        &self,
        permit: &Permit<Feed>,
        site: &SiteId,
        changes: Vec<Change>,
        now_ms: i64,
    ) -> Result<u64, Error>;
}
