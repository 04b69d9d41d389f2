//! The audit log.
mod event;
pub use event::{Event, Outcome, What};
/// Log.
#[derive(Clone)]
pub struct AuditLog;
/// Error.
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct Error;
impl Error {
    /// Kind.
    pub fn kind(&self) -> imaging_domain::ErrorKind {
        imaging_domain::ErrorKind::Unavailable
    }
}
