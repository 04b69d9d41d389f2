//! Who asks.

use crate::{
    ae::AeTitle,
    link::{Allowed, LinkId},
    site::SiteId,
    uid::StudyUid,
};
use std::{fmt, net::IpAddr, sync::Arc};

/// Whoever comes through a door. Every use case takes one first; there is no use case without it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A hospital, proven by its certificate.
    Site(SiteId),
    /// A machine of the region itself (a client certificate the hub issued for reading), by name.
    Machine(String),
    /// A machine of a site without an adapter, which reads the region and stores at that site.
    SiteMachine {
        /// The site.
        site: SiteId,
        /// Its name there.
        name: String,
    },
    /// A process that has the public listener on another machine, by name. Whose a request is that it passes on, the
    /// session in the request says; for itself it may do nothing.
    Gate(String),
    /// A person who signed in.
    User {
        /// Sign-in name.
        name: String,
        /// What the person is for.
        role: Role,
    },
    /// A device in the hospital's own network, known by address and application entity title.
    LocalPeer {
        /// The title the device calls itself; a name, not a proof.
        ae: AeTitle,
        /// Where it connected from.
        addr: IpAddr,
    },
    /// Whoever opened a study link with its PIN.
    LinkHolder {
        /// Which link.
        link: LinkId,
        /// The studies it is for, and none beside them.
        studies: Arc<[StudyUid]>,
        /// What it allows.
        allowed: Allowed,
    },
    /// The hub, at a hospital's door, over the channel the hospital's adapter opened and authenticated.
    Hub,
    /// Somebody at the machine's own command line, or a job of the program itself, by its name.
    Service(&'static str),
    /// Nobody proved anything.
    Anonymous,
}

/// What a signed-in person is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Searches and views the region's studies.
    Radiologist,
    /// Makes images: searches and views the region's studies, and stores where the hub holds images itself.
    Technician,
    /// Runs the region: sites, users, overview; sees no images.
    Operator,
    /// Reads the audit log; sees no images.
    Auditor,
}

impl Role {
    /// The role of a word, as configuration and the index write it.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Radiologist, Self::Technician, Self::Operator, Self::Auditor]
            .into_iter()
            .find(|role| role.word() == word)
    }

    /// The word of a role.
    pub fn word(self) -> &'static str {
        match self {
            Self::Radiologist => "radiologist",
            Self::Technician => "technician",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Principal {
    /// One word for the audit log: the kind, a colon, the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(site) => write!(f, "site:{site}"),
            Self::Machine(name) => write!(f, "machine:{name}"),
            Self::SiteMachine { site, name } => write!(f, "machine:{name}@{site}"),
            Self::Gate(name) => write!(f, "gate:{name}"),
            Self::User { name, role } => write!(f, "user:{name}:{}", role.word()),
            Self::LocalPeer { ae, addr } => write!(f, "peer:{ae}@{addr}"),
            Self::LinkHolder { link, .. } => write!(f, "link:{link}"),
            Self::Hub => f.write_str("hub"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}
