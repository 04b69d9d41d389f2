//! One line of the log: canonical JSON that names the digest of the line before.

use crate::event::{Event, Outcome, What};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most bytes of a line.
pub(crate) const MAX_LINE: u64 = 16 << 10;

/// An event as it stands in the file. Fields are written in this order, so that a line has one form only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From 1, without gaps.
    pub number: u64,
    /// Milliseconds since 1970 UTC.
    pub time_ms: i64,
    /// Which program or site writes this chain.
    pub source: String,
    /// What was done.
    pub what: What,
    /// DCM code of the event (PS3.15 A.5).
    pub event_id: u32,
    /// EventOutcomeIndicator.
    pub outcome: Outcome,
    /// Who.
    pub principal: String,
    /// Study Instance UID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<String>,
    /// Site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Instances or results.
    pub count: u64,
    /// SHA-256 of the line before, without its line end; zeros before the first.
    pub previous: String,
}

/// Where a chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) digest: [u8; 32],
}

impl Head {
    pub(crate) const START: Self = Self { number: 0, digest: [0; 32] };

    /// The next line, without its line end, and the head after it.
    pub(crate) fn next(self, event: &Event, source: &str, time_ms: i64) -> (String, Self) {
        let line = Line {
            number: self.number + 1,
            time_ms,
            source: source.to_owned(),
            what: event.what,
            event_id: event_id(event.what),
            outcome: event.outcome,
            principal: event.principal.to_string(),
            study: event.study.as_ref().map(ToString::to_string),
            site: event.site.as_ref().map(ToString::to_string),
            count: event.count,
            previous: hex::encode(self.digest),
        };
        let text = serde_json::to_string(&line).expect("texts and numbers always become JSON");
        let head = Self { number: line.number, digest: Sha256::digest(&text).into() };
        (text, head)
    }

    /// The head after a line that was read, or why it does not follow.
    pub(crate) fn follow(self, text: &str) -> Result<Self, &'static str> {
        let line: Line = serde_json::from_str(text).map_err(|_| "it is no event")?;
        if serde_json::to_string(&line).ok().as_deref() != Some(text) {
            return Err("it is not in the one form of an event");
        }
        if line.number != self.number + 1 {
            return Err("its number does not follow the one before");
        }
        if line.previous != hex::encode(self.digest) {
            return Err("it does not name the line before");
        }
        Ok(Self { number: line.number, digest: Sha256::digest(text).into() })
    }
}

/// DCM codes of PS3.15 A.5.3.
fn event_id(what: What) -> u32 {
    match what {
        What::Start | What::Stop => 110_100,
        What::AuditRead => 110_101,
        What::View => 110_103,
        What::Retrieve | What::Store | What::Drop => 110_104,
        What::Delete => 110_105,
        What::Work => 110_111,
        What::Query => 110_112,
        What::Invite | What::Enrol | What::Revoke | What::Account | What::Refused => 110_113,
        What::Peer | What::TriedAgain | What::ThrownAway | What::Release | What::SentAgain => 110_113,
        What::ReportsForgotten => 110_113,
        What::LinkMade | What::LinkExtended | What::LinkRevoked => 110_113,
        What::SignIn | What::SignOut | What::LinkOpened => 110_114,
    }
}
