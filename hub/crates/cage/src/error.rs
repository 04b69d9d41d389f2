//! What may go wrong.

use imaging_domain::ErrorKind;

/// Why a job has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Error {
    /// It took longer than [`Config::time_limit`](crate::Config::time_limit).
    #[error("it took longer than is allowed")]
    TimeLimit,
    /// It wanted more than [`Config::memory_bytes`](crate::Config::memory_bytes).
    #[error("it needs more memory than is allowed")]
    MemoryLimit,
    /// The worker died of it, or said something that is no answer.
    #[error("the worker died of it")]
    Crashed,
    /// The job or its answer is larger than its bounds.
    #[error("it is larger than the limit")]
    TooLarge,
    /// No worker can be started.
    #[error("no worker can be started")]
    NoWorker,
}

impl Error {
    /// What sort of failure it is to a caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TimeLimit | Self::MemoryLimit | Self::Crashed => ErrorKind::GivenUp,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NoWorker => ErrorKind::Unavailable,
        }
    }

    /// One word for logs and metrics.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::TimeLimit => "time limit",
            Self::MemoryLimit => "memory limit",
            Self::Crashed => "crashed",
            Self::TooLarge => "too large",
            Self::NoWorker => "no worker",
        }
    }
}
