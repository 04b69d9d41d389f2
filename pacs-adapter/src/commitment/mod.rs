//! Storage commitment (PS3.4 annex J): somebody wants to delete what it sent here, and asks before.
//!
//! A request is a [`Transaction`], written down before it is acknowledged. [`Commitments`] reads back every byte of the
//! instances and reports what it found, on the association that asked while that is open, else on one of its own to the
//! peer's address; until the peer has taken the report it is tried again, also after a restart.

mod config;
mod delivery;
mod folder;
mod keeper;
mod looking_after;
mod open;
mod report;
mod room;
mod transaction;
mod turns;
mod unreported;

pub use config::Config;
pub use delivery::Reports;
pub use keeper::Commitments;
pub(crate) use transaction::MAX_REQUEST;
pub use transaction::Transaction;
