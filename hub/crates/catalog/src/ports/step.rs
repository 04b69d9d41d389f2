//! What a step of work is (Unified Procedure Step, PS3.4 annex CC), and who is told of it.

use imaging_domain::{AeTitle, DataSet, InstanceUid};
use std::fmt;

/// The most subscribers; one that wants everything is one.
pub const MAX_SUBSCRIBERS: usize = 1_000;
/// The most titles that one principal subscribes under.
pub const MAX_OF_ONE: usize = 100;

/// How far a step is (PS3.4 table CC.1.1-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Nobody has begun.
    Scheduled,
    /// Somebody has, who holds its Transaction UID.
    InProgress,
    /// Ended, done.
    Completed,
    /// Ended, not done.
    Canceled,
}

impl StepState {
    /// The value of Procedure Step State (0074,1000).
    pub fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::InProgress => "IN PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Canceled => "CANCELED",
        }
    }

    /// The state of a value.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Scheduled, Self::InProgress, Self::Completed, Self::Canceled].into_iter().find(|one| one.word() == word)
    }
}

/// A step of work. `Debug` shows nothing of what it is about.
#[derive(Clone, PartialEq)]
pub struct Workitem {
    /// SOP Instance UID.
    pub uid: InstanceUid,
    /// How far it is.
    pub state: StepState,
    /// Transaction UID of whoever took it on: the key to it, which nobody is told.
    pub transaction: Option<String>,
    /// Its attributes, without the Transaction UID.
    pub attributes: DataSet,
    /// How often it was changed. Whoever changes it says which one was read.
    pub version: u64,
    /// When it was last changed, milliseconds since 1970 UTC.
    pub changed_ms: i64,
}

impl fmt::Debug for Workitem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workitem").field("uid", &self.uid).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Who is told of changes: an application entity title, of whoever subscribed under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subscriber {
    /// Who subscribed, in the audit log's form. A title alone proves nothing.
    pub owner: String,
    /// The title.
    pub ae: AeTitle,
}

/// Whether a subscriber wants a step to be kept after it ended (PS3.4 CC.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeletionLock {
    /// Until the subscription ends.
    Held,
    /// It may be forgotten.
    NotHeld,
}

impl DeletionLock {
    /// Whether there is one.
    pub fn is_held(self) -> bool {
        self == Self::Held
    }
}

/// A subscription to steps that are still to come. `Debug` hides the filter.
#[derive(Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub subscriber: Subscriber,
    /// To which, as it was asked for; absent for every one.
    pub filter: Option<String>,
    /// Whether they are to be kept until it is withdrawn.
    pub lock: DeletionLock,
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing").field("subscriber", &self.subscriber).finish_non_exhaustive()
    }
}

impl From<bool> for DeletionLock {
    fn from(is_held: bool) -> Self {
        if is_held { Self::Held } else { Self::NotHeld }
    }
}

/// What is known of an identifier.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// The step.
    Here(Box<Workitem>),
    /// It was here and was forgotten.
    Forgotten,
    /// It never was.
    Never,
}

/// A part of a worklist.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkitemPart {
    /// What matched.
    pub found: Vec<Workitem>,
    /// Where to go on; absent at the end.
    pub next: Option<i64>,
}
