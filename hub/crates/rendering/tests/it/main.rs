//! Tests at the door of `rendering`.

mod made;
mod manifest;
mod real;
mod presentation;
mod renderer;
mod shown;
mod support;
