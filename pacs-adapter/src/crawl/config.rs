//! What the hospital may set about taking over its old archive.

use super::hours::Hours;
use crate::doubling::doubling;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The longest pause between two tries, in seconds.
const LONGEST_PAUSE_S: u64 = 3600;

/// How instances come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// C-GET: on the association that asks.
    #[default]
    Get,
    /// C-MOVE: the archive sends them to our own title, which it must know.
    Move,
}

/// The config of the [`Crawler`](crate::Crawler).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Title of the peer that is taken over; empty for none.
    pub archive: String,
    /// How instances come: "get" or "move".
    pub how: How,
    /// Associations that fetch at once; one more asks what there is.
    pub associations: usize,
    /// Instances fetched, or with "index-only" learned of, in a second on average: a study comes as fast as the PACS gives it, the next
    /// when that is paid for; 0 for no limit.
    pub instances_per_s: u32,
    /// When it may work, in the machine's time, as "22:00-06:00"; empty for always.
    pub hours: Hours,
    /// Study dates are asked for year by year from this one on; what is older in one.
    pub earliest_year: i16,
    /// Matches at which the archive ends an answer without a word; 0 when it says so by its status.
    pub answer_limit: usize,
    /// How often a study is tried before it is given up until the next pass.
    pub tries: u32,
    /// Seconds before the second try; each further one waits twice as long, an hour at most.
    pub retry_s: u64,
    /// Hours from the end of a pass to the beginning of the next; 0 when only `pacs-adapter crawl start` begins one.
    pub every_h: u64,
    /// Days after which a pass compares image by image what is in a study of which the PACS tells nothing new; 0 for in every pass.
    pub look_into_after_d: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            archive: String::new(),
            how: How::Get,
            associations: 2,
            instances_per_s: 0,
            hours: Hours::default(),
            earliest_year: 1990,
            answer_limit: 0,
            tries: 5,
            retry_s: 60,
            every_h: 0,
            look_into_after_d: 30,
        }
    }
}

impl Config {
    /// Studies that were whole last before this time are looked into in a pass that began then; both in milliseconds since 1970 UTC.
    pub(super) fn look_into_before_ms(&self, begun_ms: i64) -> i64 {
        let after_ms = i64::try_from(self.look_into_after_d.saturating_mul(24 * 3_600_000)).unwrap_or(i64::MAX);
        begun_ms.saturating_sub(after_ms)
    }

    /// How long to wait after so many tries.
    pub(super) fn pause(&self, tries: u32) -> Duration {
        doubling(self.retry_s, tries, LONGEST_PAUSE_S)
    }
}
