//! Storage commitment over the web (PS3.18 chapter 13 and annex J): what is asked about, and what is answered.

mod answer;
mod request;
#[cfg(test)]
mod tests;

pub use answer::commitment_response;
pub use request::{asked_about, referenced};

use imaging_domain::{InstanceUid, SeriesUid, SopClassUid, StudyUid};

/// The most bytes of a request: identifiers of as many instances as one may have.
pub const MAX_COMMITMENT: usize = 8 << 20;
/// The most instances of one request.
pub const MAX_COMMITTED: usize = 20_000;

/// SOP Class and SOP Instance UID.
pub type Named = (SopClassUid, InstanceUid);

/// What somebody wants to know to be kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// An instance, wherever it is.
    Instance(Named),
    /// An instance of this series.
    Within(StudyUid, SeriesUid, Named),
    /// All of a series.
    Series(StudyUid, SeriesUid),
    /// All of a study.
    Study(StudyUid),
}

/// What a request asks about, in its order.
pub type Referenced = Vec<Reference>;
