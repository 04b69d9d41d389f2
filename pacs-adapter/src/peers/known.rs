//! How a peer is known.

use super::config::Peer;

/// A peer that is known, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPeer {
    /// Who.
    pub peer: Peer,
    /// Whether by the configuration or by hand.
    pub by: KnownBy,
}

/// How a peer came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// It is in the configuration, which alone can take it out again.
    Configuration,
    /// It was allowed, at this time in milliseconds since 1970.
    Allowed {
        /// Since when.
        since_ms: i64,
    },
}

/// What [`Peers::forget`] took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// One that had been allowed; it is refused from now on.
    Allowed,
    /// One of the list of the refused.
    Refused,
    /// Nobody: there is no such peer, or it is in the configuration.
    Nobody,
}

/// What an address is to the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A peer calls from it.
    Known,
    /// No peer calls from it, and some from others.
    Unknown,
    /// There is no address that any peer is known to call from: no place is kept.
    Nobody,
}
