//! What is told of the taking over, to people and to programs.

use catalog::{CrawlPass, CrawlReport, GivenUp};
use serde::{Deserialize, Serialize};
use viewer_api::Lost;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Title of the archive.
    pub archive: String,
    /// Which pass; 0 before the first.
    pub pass: u64,
    /// When it began, milliseconds since 1970 UTC.
    pub begun_ms: i64,
    /// When it ended; `None` while it goes on.
    pub ended_ms: Option<i64>,
    /// Whether it rests until its hours come.
    pub rests: bool,
    /// The last thing that kept it from asking, in words; empty when the last question was answered.
    pub trouble: String,
    /// Studies that the archive told in this pass, or while it goes on in the one before.
    pub studies_told: u64,
    /// Instances of these.
    pub instances_told: u64,
    /// Studies of which nothing is missing here.
    pub studies_arrived: u64,
    /// Instances of those told that are here.
    pub instances_arrived: u64,
    /// Instances that came and that the hospital's rules did not keep, or hold.
    pub instances_left_out: u64,
    /// Studies of which the archive does not tell how many instances they have.
    pub studies_untold: u64,
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

impl Told {
    pub(super) fn new(archive: String, pass: Option<CrawlPass>, report: CrawlReport, lost: Vec<GivenUp>) -> Self {
        let lost = lost.into_iter().map(|GivenUp { study, told, held, why }| Lost {
            study: study.to_string(),
            told,
            held,
            why,
        });
        Self {
            archive,
            pass: pass.map_or(0, |pass| pass.number),
            begun_ms: pass.map_or(0, |pass| pass.begun_ms),
            ended_ms: pass.and_then(|pass| pass.ended_ms),
            rests: false,
            trouble: String::new(),
            studies_told: report.told.studies,
            instances_told: report.told.instances,
            studies_arrived: report.arrived.studies,
            instances_arrived: report.arrived.instances,
            instances_left_out: report.left_out,
            studies_untold: report.untold,
            waiting: report.waiting,
            given_up: report.given_up,
            new: report.new,
            changed: report.changed,
            gone: report.gone,
            windows_waiting: report.windows_waiting,
            windows_cut: report.windows_cut,
            lost: lost.collect(),
        }
    }

    /// Whether everything that the archive says it has is here.
    pub fn is_complete(&self) -> bool {
        self.ended_ms.is_some() && self.studies_arrived == self.studies_told && self.windows_cut == 0
    }
}
