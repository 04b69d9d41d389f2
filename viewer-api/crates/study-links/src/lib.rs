//! Study links: a patient opens a study with a link and a PIN, without an account.
//!
//! A link is 32 random bytes, which stand in the fragment of an address and so reach no server's log, and a PIN that goes another
//! way. What is kept of either is a digest. This room makes links, looks after them and opens them; what may be seen
//! behind one is `access_control::decide`'s to say. The same link has a second form, which standard readers take ([`Shared`]). It is *not* the page (viewer-api's) and knows nothing of HTTP. Start
//! reading at [`StudyLinks`].

mod error;
mod holder;
mod jwe;
mod making;
mod manifest;
mod opening;
mod pin;
mod qr;
mod seal;
mod shlink;
mod slip;
mod subject;
mod tending;

pub use error::Error;
pub use holder::{Door, Holder};
pub use jwe::FileKey;
pub use making::{MAX_DAYS, MAX_STUDIES, Made, Wanted};
pub use manifest::Shared;
pub use opening::{Opened, SESSION_MS};
pub use pin::Pepper;
pub use qr::{png, svg, text};
pub use shlink::MANIFESTS;
pub use slip::{WithPin, slip};
pub use subject::Subject;

use audit_log::AuditLog;
use catalog::{LinkSessions, Links, Registry, StudyIndex};
use std::sync::Arc;

/// The use cases of study links. Cheap to clone.
#[derive(Clone)]
pub struct StudyLinks {
    /// The links.
    pub links: Arc<dyn Links>,
    /// Attempts to open them, and the sessions.
    pub sessions: Arc<dyn LinkSessions>,
    /// The index, to know whose the studies are.
    pub index: Arc<dyn StudyIndex>,
    /// The sites, for the hospitals' names.
    pub registry: Arc<dyn Registry>,
    /// The audit log.
    pub audit: AuditLog,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
    /// The secret that PINs are digested with.
    pub pepper: Pepper,
    /// Origin of the public listener, as patients reach it (`https://host`).
    pub origin: String,
}
