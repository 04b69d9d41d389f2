//! The doors of the crate: commands, fragments, contexts, statuses.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may fail, speak, and read what they wrote"
)]

mod assemble;
mod command;
mod messages;
mod pdv;
mod policy;
mod status;
