//! What the audit log says: who did what to which study, and whether it was allowed and done.

use imaging_domain::{Principal, SiteId, StudyUid};
use serde::{Deserialize, Serialize};

/// One event. It names the principal and the study by identifier and holds nothing else about a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub what: What,
    /// By whom.
    pub principal: Principal,
    /// Whether it was done.
    pub outcome: Outcome,
    /// The study it was about.
    pub study: Option<StudyUid>,
    /// The site it was about.
    pub site: Option<SiteId>,
    /// How many instances or results.
    pub count: u64,
}

/// Kinds of event, with their DCM code of PS3.15 A.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// 110112 Query.
    Query,
    /// 110103 DICOM Instances Accessed: shown as pictures.
    View,
    /// 110104 DICOM Instances Transferred: given as files, frames or headers.
    Retrieve,
    /// 110104 DICOM Instances Transferred: taken in.
    Store,
    /// 110104 DICOM Instances Transferred: came, and was not kept, by a rule of the hospital.
    Drop,
    /// 110113 Security Alert, 110137 attributes changed: what a rule had held was released.
    Release,
    /// 110114 User Authentication, 110122 Login.
    SignIn,
    /// 110114 User Authentication, 110123 Logout.
    SignOut,
    /// 110113 Security Alert, 110137 attributes changed: a site was invited.
    Invite,
    /// 110113 Security Alert, 110137 attributes changed: a site was enrolled.
    Enrol,
    /// 110113 Security Alert, 110137 attributes changed: a site was revoked.
    Revoke,
    /// 110113 Security Alert, 110137 attributes changed: an account was made or changed.
    Account,
    /// 110113 Security Alert, 110137 attributes changed: a peer of a hospital's network was allowed or forgotten.
    Peer,
    /// 110113 Security Alert, 110137 attributes changed: an arrival that had been refused was taken in again, or that failed.
    TriedAgain,
    /// 110113 Security Alert, 110137 attributes changed: what was kept of an arrival that had been refused was thrown away.
    ThrownAway,
    /// 110113 Security Alert, 110137 attributes changed: copies that a destination had not taken are sent again.
    SentAgain,
    /// 110113 Security Alert, 110137 attributes changed: reports of storage commitment that nobody took were forgotten.
    ReportsForgotten,
    /// 110113 Security Alert, 110126 node authentication: a peer was refused.
    Refused,
    /// 110100 Application Activity, 110120 start.
    Start,
    /// 110100 Application Activity, 110121 stop.
    Stop,
    /// 110105 DICOM Study Deleted.
    Delete,
    /// 110113 Security Alert, 110137 attributes changed: a study link was made.
    LinkMade,
    /// 110113 Security Alert, 110137 attributes changed: a study link's end was put off.
    LinkExtended,
    /// 110113 Security Alert, 110137 attributes changed: a study link was taken back.
    LinkRevoked,
    /// 110114 User Authentication, 110122 Login: a study link was opened with its PIN, or a wrong one was given.
    LinkOpened,
    /// 110111 Procedure Record: a step of work was made, taken on, changed, ended or asked to be.
    Work,
    /// 110101 Audit Log Used.
    AuditRead,
}

/// How it ended (PS3.15 A.5.2, EventOutcomeIndicator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 0.
    Success,
    /// 4: refused, because the principal may not or gave the wrong proof.
    Denied,
    /// 8: failed.
    Failed,
}

impl Event {
    /// A successful event about nothing in particular.
    pub fn new(what: What, principal: &Principal) -> Self {
        Self { what, principal: principal.clone(), outcome: Outcome::Success, study: None, site: None, count: 0 }
    }

    /// About a study.
    #[must_use]
    pub fn study(mut self, study: &StudyUid) -> Self {
        self.study = Some(study.clone());
        self
    }

    /// About a site.
    #[must_use]
    pub fn site(mut self, site: &SiteId) -> Self {
        self.site = Some(site.clone());
        self
    }

    /// With a number of instances or results.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count as u64;
        self
    }

    /// With another outcome.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }
}
