//! What a search finds.

use imaging_domain::{DataSet, InstanceUid, SeriesUid, SiteId, StudyUid};

/// One result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The attributes asked for, those from files and those computed. Instance Availability is among them as NEARLINE when every
    /// copy has something that comes from a PACS first; else it is not there.
    pub attributes: DataSet,
    /// Study.
    pub study: StudyUid,
    /// Series, at series and instance level.
    pub series: Option<SeriesUid>,
    /// Instance, at instance level.
    pub instance: Option<InstanceUid>,
    /// Sites that hold a copy, by name.
    pub sites: Vec<SiteId>,
}

/// A page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The results, the latest study first.
    pub matches: Vec<Match>,
    /// Whether there are results after this page.
    pub more: bool,
}

/// Where in its results a search goes on: after the last one that was given, wherever that is by then. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Position(Vec<String>);

impl Position {
    /// A position of an index that writes it so.
    pub fn new(texts: Vec<String>) -> Self {
        Self(texts)
    }

    /// What the index wrote.
    pub fn texts(&self) -> &[String] {
        &self.0
    }
}

impl std::fmt::Debug for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Position(***)")
    }
}
