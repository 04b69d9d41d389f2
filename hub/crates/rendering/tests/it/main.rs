//! Tests at the door of `rendering`.

mod made;
mod manifest;
mod real;
mod renderer;
mod samples;
mod support;
