//! The listener and the import against a sink in memory: our own sender, DCMTK, and peers that misbehave.

mod config;
mod dcmtk;
mod files;
mod hostile;
mod import;
mod limits;
mod sender;
mod server;
