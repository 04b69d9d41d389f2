//! Copies to other application entities, from the queue that rules fill.
//!
//! Each peer with an address for which something waits has a [`worker`](worker), which sends that on one association and then
//! is gone. What a peer took leaves the queue; what it will never take stays there as failed; after anything else it is tried
//! again later, as it is after a crash. So a peer may be sent an instance twice, and is never not sent one.

mod config;
mod desk;
mod dispatch;
mod pause;
mod sent;
mod trouble;
mod worker;

pub use config::Config;
pub use desk::{Forwarding, Parts};
