//! Tests at the door of `rendering`.

mod colours;
mod graphics;
mod made;
mod manifest;
mod overlays;
mod presentation;
mod real;
mod renderer;
mod shown;
mod support;
