//! Links in answers.

use catalog::{Link, LinkEvent};
use imaging_domain::StudyUid;
use serde_json::{Value, json};
use study_links::Subject;

/// A link; `state` is one of `open`, `expired`, `revoked`, `used_up`, `locked`.
pub(super) fn link(link: &Link, now_ms: i64) -> Value {
    json!({
        "id": link.id,
        "studies": link.studies.iter().map(StudyUid::as_str).collect::<Vec<_>>(),
        "owner": link.owner,
        "allowed": link.allowed,
        "language": link.language,
        "note": link.note,
        "made_ms": link.made_ms,
        "expires_ms": link.expires_ms,
        "revoked_ms": link.revoked_ms,
        "openings_left": link.openings_left,
        "tries_left": link.tries_left,
        "state": link.state(now_ms),
    })
}

/// What became of one.
pub(super) fn event(event: &LinkEvent) -> Value {
    json!({ "at_ms": event.at_ms, "what": event.what.word(), "addr": event.addr })
}

/// One study of a link in the words of a slip.
pub(super) fn subject(subject: &Subject) -> Value {
    json!({
        "study": subject.study.as_str(),
        "hospital": subject.hospital,
        "date": subject.date,
        "description": subject.description,
        "modalities": subject.modalities,
        "patient": subject.patient_name(),
    })
}
