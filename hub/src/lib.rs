//! The program `hub`: command line, configuration, wiring, listeners, jobs, shutdown.
//!
//! Nothing is decided here but which implementation of a room is used ([`wiring`]). What is *not* here: use cases
//! (`archive`, `federation`), routes (`viewer-api`). Start reading at [`serve`].

mod changing;
pub mod cli;
pub mod config;
pub mod gate;
mod jobs;
pub mod serve;
pub mod state;
pub mod viewer;
pub mod wiring;

pub use config::Config;
