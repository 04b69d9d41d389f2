//! Tests at the door of the crate.

mod build;
mod cases;
mod charset;
mod coerce;
mod deidentify;
mod deidentify_cases;
mod file_set;
mod frames;
mod hostile;
mod manifest;
mod rewrite;
mod structure;
