//! Who did what, written down before it happens: an append-only file, one event a line, each line naming the digest of the
//! one before, so that a changed, missing or moved line shows.
//!
//! Use cases record, never handlers. It is *not* the programs' log (that is `tracing`, and may be thrown away), and holds
//! nothing about a patient but study identifiers. A chain alone cannot tell that all of it was written anew: whoever fears
//! that keeps [`Verified::head`] somewhere else. Start reading at [`Event`] and [`AuditLog::record`].

mod accesses;
mod config;
mod error;
mod event;
mod line;
mod log;
mod verify;

pub use config::Config;
pub use error::{Broken, Error};
pub use event::{Event, Outcome, What};
pub use line::Line;
pub use log::{AuditLog, Lines};
pub use verify::{Verified, verify};
