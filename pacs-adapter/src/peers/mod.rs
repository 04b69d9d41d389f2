//! The application entities of the hospital's network that the adapter knows.
//!
//! [`Peers`] answers who may speak: the configuration's [`Peer`]s, those who were allowed since, and who was refused. It is
//! asked by the listener for each association, and by whoever shows it to people.

mod config;
mod fingerprint;
mod known;
mod network;
mod places;
mod refused;
mod register;
mod stored;

pub use config::{Caller, Listens, Peer};
pub use fingerprint::Fingerprint;
pub(crate) use known::Standing;
pub use known::{Forgotten, KnownBy, KnownPeer};
pub use network::Network;
pub use refused::RefusedCaller;
pub use register::Peers;
