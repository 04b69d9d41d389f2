//! The doors of the crate: commands, fragments, contexts, statuses.

mod assemble;
mod command;
mod pdv;
mod policy;
mod status;
