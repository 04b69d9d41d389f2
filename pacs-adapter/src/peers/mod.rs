//! The application entities of the hospital's network that the adapter knows.

mod config;

pub use config::Peer;
