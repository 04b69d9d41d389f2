//! Tests at the door of the crate.

mod cases;
mod manifest;
