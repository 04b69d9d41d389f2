//! What the hub tells about links.

use imaging_domain::{Allowed, LinkId, StudyUid};
use serde::{Deserialize, Serialize};

/// A link that was made. No `Debug`: it holds both secrets.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) link: Link,
    pub(super) url: String,
    pub(super) pin: String,
    /// The same link for standard readers; nothing where the hub makes none.
    pub(super) shlink: Option<String>,
    pub(super) qr_svg: String,
    /// In base64.
    pub(super) qr_png: String,
    pub(super) slip: String,
}

/// One link.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) link: Link,
}

/// Some links.
#[derive(Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) links: Vec<Link>,
}

/// One link and what became of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Past {
    pub(super) link: Link,
    pub(super) events: Vec<Event>,
}

/// A link without what opens it. No `Debug`: the note may name a patient.
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) id: LinkId,
    studies: Vec<StudyUid>,
    owner: String,
    allowed: Allowed,
    language: String,
    note: String,
    made_ms: i64,
    expires_ms: i64,
    revoked_ms: Option<i64>,
    openings_left: Option<u32>,
    tries_left: u32,
    state: String,
}

/// One thing that became of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) at_ms: i64,
    pub(super) what: String,
    pub(super) addr: String,
}

/// A link in one line.
pub(super) fn line(link: &Link) -> String {
    let studies: Vec<&str> = link.studies.iter().map(StudyUid::as_str).collect();
    format!("{}  {:8}  until {}  {}", link.id, link.state, at(link.expires_ms), studies.join(" "))
}

/// A moment, to the second, UTC.
pub(super) fn at(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}
