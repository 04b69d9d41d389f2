//! Tests at the door of `rendering`.

mod caged;
mod colours;
mod encoded;
mod graphics;
mod lossy;
mod made;
mod manifest;
mod overlays;
mod presentation;
mod real;
mod renderer;
mod samples;
mod shown;
mod support;
