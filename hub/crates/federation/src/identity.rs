//! Who a certificate says its holder is: one URI in the subject alternative name, written by the hub alone.

use crate::{authority::fingerprint, error::Error};
use imaging_domain::{Principal, SiteId};
use std::fmt;
use x509_parser::{extensions::GeneralName, prelude::FromDer, prelude::X509Certificate};

/// An identity the region's authority vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// A hospital: `site:<id>`.
    Site(SiteId),
    /// A machine that reads the region: `machine:<name>`.
    Machine(String),
    /// A machine of a site that the hub holds itself: `machine:<name>@<id>`.
    SiteMachine {
        /// The site.
        site: SiteId,
        /// Its name there.
        name: String,
    },
    /// A process that has the public listener: `gate:<name>`.
    Gate(String),
}

/// What a peer's certificate proves, once TLS has checked signature and dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Who.
    pub identity: Identity,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
}

impl Identity {
    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("site", id) => SiteId::parse(id).ok().map(Self::Site),
            // the same narrow alphabet as a site's
            ("machine", name) => match name.split_once('@') {
                Some((name, site)) => {
                    let (name, site) = (SiteId::parse(name).ok()?, SiteId::parse(site).ok()?);
                    Some(Self::SiteMachine { site, name: name.as_str().to_owned() })
                }
                None => SiteId::parse(name).ok().map(|name| Self::Machine(name.as_str().to_owned())),
            },
            ("gate", name) => SiteId::parse(name).ok().map(|name| Self::Gate(name.as_str().to_owned())),
            _ => None,
        }
    }

    /// The principal.
    pub fn principal(&self) -> Principal {
        match self {
            Self::Site(site) => Principal::Site(site.clone()),
            Self::Machine(name) => Principal::Machine(name.clone()),
            Self::SiteMachine { site, name } => Principal::SiteMachine { site: site.clone(), name: name.clone() },
            Self::Gate(name) => Principal::Gate(name.clone()),
        }
    }

    pub(crate) fn uri(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(site) => write!(f, "site:{site}"),
            Self::Machine(name) => write!(f, "machine:{name}"),
            Self::SiteMachine { site, name } => write!(f, "machine:{name}@{site}"),
            Self::Gate(name) => write!(f, "gate:{name}"),
        }
    }
}

impl Peer {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`Error::Certificate`] when it is unreadable or does not hold exactly one identity of ours.
    pub fn of_certificate(der: &[u8]) -> Result<Self, Error> {
        let wrong = Error::Certificate;
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| wrong("certificate is unreadable"))?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.ok_or_else(|| wrong("certificate holds no identity"))?;
        let mut found = names.value.general_names.iter().filter_map(|name| match name {
            GeneralName::URI(uri) => Identity::parse(uri),
            _ => None,
        });
        match (found.next(), found.next()) {
            (Some(identity), None) => Ok(Self { identity, fingerprint: fingerprint(der) }),
            _ => Err(wrong("certificate does not hold exactly one identity")),
        }
    }
}
