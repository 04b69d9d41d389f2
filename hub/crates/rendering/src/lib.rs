//! Placeholder of the front door.
mod settings;
pub use settings::{Format, Settings, Window, WindowFunction};
/// Renderer.
#[derive(Clone)]
pub struct Renderer;
/// Error.
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct Error;
impl Error {
    /// Kind.
    pub fn kind(&self) -> imaging_domain::ErrorKind {
        imaging_domain::ErrorKind::Unsupported
    }
}
