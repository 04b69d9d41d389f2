//! Who somebody is that opened a link, and at which door.

use access_control::Token;
use catalog::{Link, LinkFiles, LinkSession};
use imaging_domain::{Allowed, Principal, StudyUid};

/// Where a session is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// At the link's own page.
    Page,
    /// In the full viewer.
    Viewer,
    /// At the images, for a standard reader.
    Reader,
}

/// Somebody who opened a link.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Who asks from now on.
    pub principal: Principal,
    /// The link.
    pub link: Link,
    /// The one study of a session of the full viewer.
    pub study: Option<StudyUid>,
    /// Where the session is good.
    pub door: Door,
}

impl Holder {
    /// The full viewer shows; taking away is the link's own page's, and a standard reader's where the link allows it.
    pub(crate) fn at(door: Door, link: Link, study: Option<StudyUid>) -> Self {
        let (studies, allowed) = match &study {
            Some(study) => (vec![study.clone()], Allowed::View),
            None => (link.studies.clone(), link.allowed),
        };
        let principal = Principal::LinkHolder { link: link.id.clone(), studies: studies.into(), allowed };
        Self { principal, link, study, door }
    }

    pub(crate) fn of(link: Link, session: &LinkSession) -> Self {
        let door = match session {
            LinkSession { files: Some(_), .. } => Door::Reader,
            LinkSession { study: Some(_), .. } => Door::Viewer,
            _ => Door::Page,
        };
        Self::at(door, link, session.study.clone())
    }
}

/// What a session begins with. No `Debug`: it holds its secret.
pub(crate) struct Start {
    pub(crate) token: Token,
    pub(crate) study: Option<StudyUid>,
    pub(crate) files: Option<LinkFiles>,
}

impl Start {
    pub(crate) fn page() -> Self {
        Self { token: Token::generate(), study: None, files: None }
    }
}
