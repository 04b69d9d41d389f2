//! Who may speak to the adapter, as its console shows and changes it.

use crate::peers::{KnownBy, Peers};
use archive::Error;
use imaging_domain::AeTitle;
use std::{io, net::IpAddr};
use viewer_api::{KnownPeer, Stranger};

/// Everybody who is known.
pub(super) fn known(peers: &Peers) -> Vec<KnownPeer> {
    let told = |known: crate::peers::KnownPeer| KnownPeer {
        ae_title: known.peer.ae_title,
        address: known.peer.address,
        from: known.peer.from,
        allowed_here: known.by != KnownBy::Configuration,
    };
    peers.known().into_iter().map(told).collect()
}

/// Who called and was refused, the latest first.
pub(super) fn strangers(peers: &Peers) -> Vec<Stranger> {
    let told = |refused: crate::peers::RefusedCaller| Stranger {
        ae_title: refused.ae_title,
        from: refused.address,
        times: refused.count,
        last_ms: refused.last_seen_ms,
    };
    peers.refused().into_iter().map(told).collect()
}

/// Knows somebody from now on, also after a restart.
///
/// # Errors
/// [`Error::Unavailable`] when it cannot be kept.
pub(super) async fn allow(peers: &Peers, ae_title: &AeTitle, from: IpAddr, now_ms: i64) -> Result<(), Error> {
    peers.allow(ae_title, from, now_ms).await.map_err(|error| unkept(&error))
}

/// Knows a title no more that was allowed here, from wherever it was.
///
/// # Errors
/// [`Error::NotFound`] for somebody of the configuration, [`Error::Unavailable`] when it cannot be kept.
pub(super) async fn forget(peers: &Peers, ae_title: &AeTitle) -> Result<(), Error> {
    let here = |known: &crate::peers::KnownPeer| known.peer.ae_title == *ae_title && known.by != KnownBy::Configuration;
    let mut addresses = peers.known().into_iter().filter(here).flat_map(|known| known.peer.from).peekable();
    addresses.peek().ok_or(Error::NotFound("peer that was allowed here"))?;
    for address in addresses {
        peers.forget(ae_title, address).await.map_err(|error| unkept(&error))?;
    }
    Ok(())
}

fn unkept(error: &io::Error) -> Error {
    tracing::warn!(%error, "who may speak cannot be kept");
    Error::Unavailable
}
