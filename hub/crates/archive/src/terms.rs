//! What an arrival has to keep to beside being readable.

use crate::error::Error;
use access_control::{Object, Store, decide};
use audit_log::{AuditLog, Event, Outcome, What};
use imaging_domain::{Principal, SiteId, SopClassUid, StudyUid};

/// Classes of PS3.4 that name no instance anybody stores: a directory of a medium, and echo.
const NOT_STORED: [&str; 2] = ["1.2.840.10008.1.3.10", "1.2.840.10008.1.1"];

/// The terms of one arrival; by default there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// The site that it is stored at, whose door decides what may be.
    pub(crate) site: Option<SiteId>,
    /// The study that it has to be of.
    pub(crate) study: Option<StudyUid>,
    /// How many more bytes may come.
    pub(crate) room_bytes: Option<u64>,
}

impl Terms {
    /// So many bytes more came.
    pub(crate) fn more(&mut self, bytes: usize) -> Result<(), Error> {
        let Some(room) = &mut self.room_bytes else { return Ok(()) };
        *room = room.checked_sub(bytes as u64).ok_or(Error::TooLarge("instance"))?;
        Ok(())
    }

    /// It says what it is.
    pub(crate) async fn class(&self, who: &Principal, class: Option<&str>, audit: &AuditLog) -> Result<(), Error> {
        let Some(site) = &self.site else { return Ok(()) };
        if class.is_some_and(|class| NOT_STORED.contains(&class)) {
            return Err(Error::Unsupported("instances of this class are not stored"));
        }
        let class = class.and_then(|class| SopClassUid::parse(class).ok());
        if let Err(denied) = decide::<Store>(who, Object::Instance { site, class: class.as_ref() }) {
            audit.record(Event::new(What::Store, who).site(site).outcome(Outcome::Denied)).await?;
            return Err(denied.into());
        }
        Ok(())
    }

    /// It says of which study it is.
    pub(crate) fn study(&self, study: &StudyUid) -> Result<(), Error> {
        match &self.study {
            Some(wanted) if wanted != study => Err(Error::Mismatch("study instance uid differs from the address's")),
            _ => Ok(()),
        }
    }
}
