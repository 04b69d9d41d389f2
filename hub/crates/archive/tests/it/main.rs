//! The archive's use cases through their doors: the real index and the real store in a folder of the test's own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod deidentified;
mod deletion;
mod denied;
mod faulty;
mod files;
mod forms;
mod held_first;
mod history;
mod ingest;
mod pictures;
mod read_ahead;
mod ready;
mod remote;
mod renditions;
mod retrieve;
mod ruled;
mod search;
mod sign_in;
mod witness;
mod world;
