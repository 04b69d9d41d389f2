//! Where peers are called.

use super::{config::Peer, known::KnownBy, register::Peers};
use imaging_domain::AeTitle;
use std::net::IpAddr;

impl Peers {
    /// Whoever is known by a title and has an address where it listens; the configuration's word before one that was given since.
    pub fn by_title(&self, ae_title: &AeTitle) -> Option<Peer> {
        let known = self.known().into_iter().map(|known| known.peer);
        known.into_iter().find(|peer| peer.ae_title == *ae_title && !peer.address.is_empty())
    }

    /// Whether a title would have no address any more without what was allowed of it here from this one.
    pub fn is_the_only_place(&self, ae_title: &AeTitle, from: IpAddr) -> bool {
        let from = from.to_canonical();
        let has_place = |peer: &Peer| peer.ae_title == *ae_title && !peer.address.is_empty();
        let (here, elsewhere): (Vec<_>, Vec<_>) = self
            .known()
            .into_iter()
            .filter(|it| has_place(&it.peer))
            .partition(|it| matches!(it.by, KnownBy::Allowed { .. }) && it.peer.from == [from.into()]);
        !here.is_empty() && elsewhere.is_empty()
    }
}
