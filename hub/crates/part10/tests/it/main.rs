//! Tests at the door of the crate.

mod build;
mod cases;
mod charset;
mod frames;
mod hostile;
mod manifest;
mod rewrite;
mod structure;
