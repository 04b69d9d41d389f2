//! The one error of this room.

use imaging_domain::ErrorKind;
use thiserror::Error;

/// Why a step was not found, made or changed (PS3.4 tables CC.2.1-2 and CC.2.2-2 have the same by status code).
#[derive(Debug, Error)]
pub enum Error {
    /// The decision was no.
    #[error(transparent)]
    Denied(#[from] access_control::Denied),
    /// There is no such step or subscription.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// The step was here and was forgotten.
    #[error("the workitem was deleted")]
    Forgotten,
    /// There is a step of this identifier.
    #[error("a workitem of this identifier was created already")]
    Exists,
    /// Attributes are missing, not allowed or not what they may be.
    #[error("{attribute}: {why}")]
    Attribute {
        /// Keyword of the attribute.
        attribute: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// The request cannot be as it is.
    #[error("{0}")]
    Invalid(&'static str),
    /// C301 without a value.
    #[error("the Transaction UID is missing")]
    TransactionMissing,
    /// C301: it is somebody else's.
    #[error("the Transaction UID is incorrect")]
    TransactionIncorrect,
    /// C300, C302, C303, C310: not in the state in which the step is.
    #[error("the request is inconsistent with the state of the workitem")]
    Inconsistent,
    /// C304: what a step needs before it ends is not there.
    #[error("the workitem cannot end: {0} has no value")]
    NotFinal(&'static str),
    /// C311: nothing is canceled any more.
    #[error("the workitem is completed")]
    Completed,
    /// C312: nobody would hear of the request to cancel.
    #[error("the performer cannot be contacted")]
    NotContacted,
    /// Somebody else changed it at the same time, or there are too many connections.
    #[error("it cannot be done now")]
    Busy,
    /// The index failed.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// The audit log failed; what it should have recorded was not done.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::NotFound(_) | Self::Forgotten => ErrorKind::NotFound,
            Self::Exists | Self::Inconsistent | Self::NotFinal(_) | Self::Completed | Self::NotContacted => {
                ErrorKind::Conflict
            }
            Self::Attribute { .. } | Self::Invalid(_) | Self::TransactionMissing | Self::TransactionIncorrect => {
                ErrorKind::Invalid
            }
            Self::Busy => ErrorKind::Unavailable,
            Self::Catalog(error) => error.kind(),
            Self::Audit(error) => error.kind(),
        }
    }
}
