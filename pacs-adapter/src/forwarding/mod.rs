//! Copies to other application entities, from the queue that rules fill.
//!
//! Each peer with an address has a [`worker`](worker) that takes what waits for it, as long as there is anything, on one
//! association. What a peer took leaves the queue; what it will never take stays there as failed; after anything else it is tried
//! again later, as it is after a crash. So a peer may be sent an instance twice, and is never not sent one.

mod config;
mod desk;
mod pause;
mod sent;
mod trouble;
mod worker;

pub use config::Config;
pub use desk::{Forwarding, Parts};
