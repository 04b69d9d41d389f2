//! The HTTP edge.

mod pages;

pub use pages::{Config as PagesConfig, identify, router as pages_router};
