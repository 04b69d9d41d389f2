//! The one error of this room.

use crate::permit::ActionKind;
use imaging_domain::ErrorKind;
use thiserror::Error;

/// The decision was no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not allowed: {0:?}")]
pub struct Denied(pub ActionKind);

impl Denied {
    /// Always [`ErrorKind::Forbidden`].
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Forbidden
    }
}
