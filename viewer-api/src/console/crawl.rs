//! The taking over of an old archive, as JSON.

use serde::{Deserialize, Serialize};

/// How far it is. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crawl {
    /// Title of the archive.
    pub archive: String,
    /// Which pass; 0 before the first.
    pub pass: u64,
    /// When it began.
    pub begun_ms: i64,
    /// When it ended; nothing while it goes on.
    pub ended_ms: Option<i64>,
    /// Whether it rests until its hours come.
    pub rests: bool,
    /// What keeps it from asking, in the words of the log; empty when nothing does.
    pub trouble: String,
    /// What the archive told in this pass, or while it goes on in the one before, and what of it is here.
    pub studies_told: u64,
    /// Studies of these of which nothing is missing.
    pub studies_arrived: u64,
    /// Instances that it told.
    pub instances_told: u64,
    /// Instances of these that are here.
    pub instances_arrived: u64,
    /// Instances that came in a minute, over the last minutes; nothing while none are known to compare.
    pub instances_per_min: Option<f64>,
    /// Studies still to be fetched.
    pub waiting: u64,
    /// Studies given up.
    pub given_up: u64,
    /// Studies that no pass before had seen.
    pub new: u64,
    /// Studies that had another number of instances or other ones, or of which something else was told, in the pass before.
    pub changed: u64,
    /// Studies that the archive has no more.
    pub gone: u64,
    /// Windows of dates still to be asked for.
    pub windows_waiting: u64,
    /// Windows of which not all is known: there may be more studies.
    pub windows_cut: u64,
    /// Some of the studies that were given up.
    pub lost: Vec<Lost>,
}

/// A study that did not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Study Instance UID.
    pub study: String,
    /// How many instances the archive says it has.
    pub told: Option<u64>,
    /// How many are here.
    pub held: u64,
    /// Why, in the words of the log.
    pub why: String,
}
