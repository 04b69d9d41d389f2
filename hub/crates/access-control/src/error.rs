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

/// A password that cannot be one: too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password has fewer than 8 or more than 1024 bytes")]
pub struct BadPassword;
