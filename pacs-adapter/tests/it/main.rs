//! The listener and the import against a sink in memory: our own sender, DCMTK, and peers that misbehave.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may fail, speak, and read what they wrote"
)]

mod config;
mod crawl;
mod crowd;
mod dcmtk;
mod files;
mod finding;
mod getting;
mod hostile;
mod house;
mod import;
mod limits;
mod matrix;
mod matrix_page;
mod moving;
mod peers;
mod programs;
mod requester;
mod retrieving;
mod sender;
mod server;
mod tls;
mod tls_calling;
mod watch;
mod zip;
mod zip_shapes;
