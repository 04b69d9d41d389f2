//! Who may speak to the adapter, as its console shows and changes it.

use crate::peers::{Forgotten, KnownBy, Listens, Peers};
use archive::Error;
use imaging_domain::AeTitle;
use std::{io, net::IpAddr};
use viewer_api::{KnownPeer, Stranger};

/// Everybody who is known.
pub(super) fn known(peers: &Peers) -> Vec<KnownPeer> {
    let told = |known: crate::peers::KnownPeer| KnownPeer {
        ae_title: known.peer.ae_title,
        address: known.peer.address,
        tls: known.peer.tls,
        from: known.peer.from.iter().map(ToString::to_string).collect(),
        allowed_here: known.by != KnownBy::Configuration,
    };
    peers.known().into_iter().map(told).collect()
}

/// Who called and is not known, the latest first.
pub(super) fn strangers(peers: &Peers) -> Vec<Stranger> {
    let told = |refused: crate::peers::RefusedCaller| Stranger {
        ae_title: refused.ae_title,
        from: refused.address,
        times: refused.count,
        first_ms: refused.first_seen_ms,
        last_ms: refused.last_seen_ms,
    };
    peers.refused().into_iter().map(told).collect()
}

/// Knows somebody from now on, also after a restart.
pub(super) async fn allow(
    peers: &Peers,
    ae_title: &AeTitle,
    place: (IpAddr, Option<Listens>),
    now_ms: i64,
) -> Result<(), Error> {
    peers.allow(ae_title, place, now_ms).await.map_err(|error| not_kept(&error))
}

/// Knows somebody no more.
pub(super) async fn forget(peers: &Peers, ae_title: &AeTitle, from: IpAddr) -> Result<(), Error> {
    match peers.forget(ae_title, from).await.map_err(|error| not_kept(&error))? {
        Forgotten::Nobody => Err(Error::NotFound("peer that was allowed here")),
        Forgotten::Allowed | Forgotten::Refused => Ok(()),
    }
}

fn not_kept(error: &io::Error) -> Error {
    tracing::error!(%error, "who may speak cannot be written down");
    Error::Unavailable
}
