//! What a console tells, as JSON: of the daemon, never of a patient. Moments are milliseconds since 1970 UTC.

use super::{Crawl, Disk, HeldBack, Route, Unreported};
use imaging_domain::{AeTitle, SiteId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An adapter at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// When this was so.
    pub now_ms: i64,
    /// Since when the daemon runs.
    pub started_ms: i64,
    /// Its version.
    pub version: String,
    /// Whose adapter it is.
    pub site: SiteId,
    /// Its application entity title.
    pub ae_title: AeTitle,
    /// Where associations go.
    pub dimse: String,
    /// The lines to the hub.
    pub hub: Hub,
    /// What the hub does not have yet.
    pub backlog: Backlog,
    /// Where copies wait or failed.
    pub routes: Vec<Route>,
    /// Who asked whether its images are kept and could not be told.
    #[serde(default)]
    pub unreported: Vec<Unreported>,
    /// What is held back, the longest first.
    pub held: Vec<HeldBack>,
    /// The taking over of an old archive; nothing when there is none to take over.
    #[serde(default)]
    pub crawl: Option<Crawl>,
    /// What came in today.
    pub today: Today,
    /// What it holds.
    pub holdings: Holdings,
    /// Where it holds it.
    pub disk: Disk,
    /// What went wrong, the latest first.
    pub failures: Vec<Failure>,
    /// Who is known in the hospital's network.
    pub peers: Vec<KnownPeer>,
    /// Who called and is not.
    pub strangers: Vec<Stranger>,
}

/// The lines to the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// `host:port`.
    pub address: String,
    /// Whether the hub hears of what is new.
    pub feed_connected: bool,
    /// Whether the hub can ask back.
    pub channel_connected: bool,
    /// Since when both are as they are.
    pub since_ms: i64,
    /// Why a line is not: `unreachable`, `refused`, `silent`, `certificate`, `answer`, `own`; nothing when both are.
    pub trouble: Option<String>,
}

/// Lines of the change feed that the hub does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backlog {
    /// Lines written.
    pub written: u64,
    /// Lines that the hub said it holds.
    pub held: u64,
    /// When the oldest line between them was written; nothing when there is none, or it says of no instance.
    pub oldest_ms: Option<i64>,
}

impl Backlog {
    /// How many lines.
    pub fn lines(&self) -> u64 {
        self.written.saturating_sub(self.held)
    }
}

/// How many arrivals came to which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// New instances.
    pub stored: u64,
    /// Whose same bytes were there.
    pub duplicates: u64,
    /// Of which other bytes were there.
    pub conflicts: u64,
    /// That the hospital's rules dropped.
    #[serde(default)]
    pub dropped: u64,
    /// Refused.
    pub refused: u64,
    /// Bytes of those that are new.
    pub bytes: u64,
}

/// A day of this place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Today {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Everything together.
    pub all: Counts,
    /// By modality, most first; new instances alone.
    pub modalities: Vec<OfModality>,
    /// By who sent, most first.
    pub senders: Vec<OfSender>,
}

/// What came of a modality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfModality {
    /// Its code; empty when the instances say none.
    pub modality: String,
    /// New instances.
    pub stored: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What came of a sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfSender {
    /// A title and an address, or how else it came.
    pub sender: String,
    /// How much.
    pub counts: Counts,
    /// When the last of it came.
    pub last_ms: i64,
}

/// What an adapter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holdings {
    /// Studies.
    pub studies: u64,
    /// Series.
    pub series: u64,
    /// Instances.
    pub instances: u64,
    /// Instances kept aside because others stand under their SOP Instance UID.
    pub conflicts: u64,
    /// Arrivals that could not be read.
    pub quarantined: u64,
}

/// Something that went wrong, as often as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When last.
    pub last_ms: i64,
    /// How often since it began.
    pub times: u64,
    /// Whom it befell: a title and an address, or how else something came.
    pub sender: String,
    /// Which kind, a word that a page has a sentence for: `unreadable`, `mismatch`, `too-large`, `full`, `denied`, `busy`,
    /// `unsupported`, `stopping`, `own`, `folder`.
    pub why: String,
    /// More of it in the words of the log; empty when there is no more.
    pub detail: String,
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPeer {
    /// The title.
    pub ae_title: AeTitle,
    /// `host:port` where it takes associations; empty for one that only calls.
    pub address: String,
    /// Whether it takes them over TLS.
    pub tls: bool,
    /// Where it calls from, addresses or networks of them (`10.1.2.0/24`); empty for anywhere.
    pub from: Vec<String>,
    /// Whether it was allowed here and not in the configuration, so that it can be forgotten here.
    pub allowed_here: bool,
}

/// Somebody who called and is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranger {
    /// The title it calls itself.
    pub ae_title: AeTitle,
    /// Where from.
    pub from: IpAddr,
    /// How often.
    pub times: u64,
    /// When first.
    #[serde(default)]
    pub first_ms: i64,
    /// When last.
    pub last_ms: i64,
}
