//! What the hospital may set about its listener.

use super::tls::TlsConfig;
use dimse::{Policy, PrivateClasses};
use imaging_domain::AeTitle;
use serde::{Deserialize, Serialize};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Whether the title a peer calls is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalledAe {
    /// Any title is ours.
    #[default]
    Any,
    /// Only `ae_title` and `region_ae_title` are ours; others are rejected.
    Strict,
}

/// Whether those who call must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Callers {
    /// Whoever reaches the port may speak.
    Any,
    /// Only the configuration's peers and those who were allowed since; others are refused and remembered.
    #[default]
    Known,
}

/// Whether SOP classes of vendors are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrivateSopClasses {
    /// They are, as instances nobody can show.
    #[default]
    Accept,
    /// Their presentation contexts are refused.
    Refuse,
}

/// The config of the [`Listener`](crate::Listener).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Our application entity title, 1 to 16 characters.
    pub ae_title: AeTitle,
    /// The title under which the region answers: queries and retrievals that call it find what the hub shows this
    /// hospital, wherever it is held. Empty: the region is not offered.
    #[serde(with = "optional_title")]
    pub region_ae_title: Option<AeTitle>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// "any" takes associations whatever title they call; "strict" only those that call `ae_title` or `region_ae_title`.
    pub called_ae: CalledAe,
    /// "any" takes associations of whoever reaches the port; "known" only those of peers, by title, address and certificate.
    pub callers: Callers,
    /// "accept" stores instances of vendors' own SOP classes; "refuse" refuses them.
    pub private_sop_classes: PrivateSopClasses,
    /// The longest PDU that peers may send, in bytes: 4096 to 262144.
    pub max_pdu_bytes: u32,
    /// Seconds that a new connection has for its association request (the ARTIM timer of PS3.8 9.1.5).
    pub association_timeout_s: u64,
    /// Seconds that an association may stay silent, and that one PDU may take.
    pub idle_timeout_s: u64,
    /// Associations at once; further ones are turned away for the moment.
    pub max_associations: usize,
    /// Associations at once from one address.
    pub max_associations_per_address: usize,
    /// How many of them only addresses get that a peer has in its `from`; none while no peer has one.
    pub reserved_associations: usize,
    /// The second door, with TLS.
    pub tls: TlsConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ae_title: AeTitle::parse("PACSADAPTER").expect("the default title is a title"),
            region_ae_title: None,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 11112)),
            called_ae: CalledAe::Any,
            callers: Callers::Known,
            private_sop_classes: PrivateSopClasses::Accept,
            max_pdu_bytes: 256 * 1024,
            association_timeout_s: 10,
            idle_timeout_s: 300,
            max_associations: 200,
            max_associations_per_address: 32,
            reserved_associations: 50,
            tls: TlsConfig::default(),
        }
    }
}

/// A title, or an empty text for none.
mod optional_title {
    use imaging_domain::AeTitle;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(title: &Option<AeTitle>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(title.as_ref().map_or("", AeTitle::as_str))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AeTitle>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() { Ok(None) } else { AeTitle::parse(&text).map(Some).map_err(D::Error::custom) }
    }
}

impl Config {
    pub(crate) fn max_pdu(&self) -> u32 {
        self.max_pdu_bytes.clamp(4096, 256 * 1024)
    }

    pub(crate) fn association_timeout(&self) -> Duration {
        Duration::from_secs(self.association_timeout_s)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout_s)
    }

    pub(crate) fn policy(&self) -> Policy {
        let private = match self.private_sop_classes {
            PrivateSopClasses::Accept => PrivateClasses::Accept,
            PrivateSopClasses::Refuse => PrivateClasses::Refuse,
        };
        Policy { private }
    }
}
