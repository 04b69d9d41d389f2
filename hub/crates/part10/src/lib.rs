//! Placeholder of the front door.
/// Error.
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct Error;
