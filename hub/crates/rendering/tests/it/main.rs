//! Tests at the door of `rendering`.

mod caged;
mod encoded;
mod made;
mod manifest;
mod real;
mod renderer;
mod support;
