//! What the taking over of an old archive came to.

use imaging_domain::StudyUid;

/// One walk through the whole archive. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrawlPass {
    /// The first is 1.
    pub number: u64,
    /// When it began.
    pub begun_ms: i64,
    /// When it ended; `None` while it goes on.
    pub ended_ms: Option<i64>,
}

/// Studies and instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Studies.
    pub studies: u64,
    /// Instances.
    pub instances: u64,
}

/// What an archive said it has against what is here. Counted over what the last pass saw; while it goes on, also over what the one
/// before saw and this one may still see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CrawlReport {
    /// What the archive told.
    pub told: Amount,
    /// What of that is here: studies of which nothing is missing, and instances, of a study no more than were told.
    pub arrived: Amount,
    /// Instances that came and that rules of the hospital did not keep, or hold. Nothing else lacks of their studies.
    pub left_out: u64,
    /// Studies of which the archive does not tell how many instances they have.
    pub untold: u64,
    /// Studies that are still to be fetched, or looked into.
    pub waiting: u64,
    /// Studies that were given up.
    pub given_up: u64,
    /// Studies that no pass before had seen.
    pub new: u64,
    /// Studies that had another number of instances or other ones, or of which something else was told, in the pass before.
    pub changed: u64,
    /// Studies that earlier passes saw and the archive has no more; known when each was asked for by itself.
    pub gone: u64,
    /// Windows that are still to be asked for.
    pub windows_waiting: u64,
    /// Windows of which not all is known: the answer was cut off or refused and could not be made smaller, or names studies without a
    /// usable UID.
    pub windows_cut: u64,
}

/// A study that did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The study.
    pub study: StudyUid,
    /// How many instances the archive says it has.
    pub told: Option<u64>,
    /// How many are here.
    pub held: u64,
    /// Why.
    pub why: String,
}
