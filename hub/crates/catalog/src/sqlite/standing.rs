//! What becomes of an instance that is in the index already.

use super::put::Origin;
use imaging_domain::{Digest, Instance, Keeping};

/// What is there.
pub(super) struct There {
    pub(super) row: i64,
    pub(super) digest: Digest,
    pub(super) keeping: Keeping,
    /// Number of its line of the feed, where it was written here.
    pub(super) change: Option<i64>,
}

/// What becomes of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing is new.
    Same,
    /// The same bytes, somewhere else.
    Moves,
    /// Other bytes, which are put aside.
    Aside,
    /// It takes the place of what is there.
    Replaces,
}

/// A feed says how it is. Here bytes come in place of a promise, and what the PACS gives in place of what it gave before; nothing
/// else takes the place of bytes that are there.
pub(super) fn standing(there: &There, comes: &Instance, origin: Origin) -> Standing {
    use Keeping::{Cached, Kept, Nearline, Promised};
    let is_same = there.digest == comes.digest;
    if origin != Origin::Here {
        return match is_same {
            true if there.keeping == comes.keeping => Standing::Same,
            true => Standing::Moves,
            false => Standing::Replaces,
        };
    }
    match (there.keeping, comes.keeping) {
        (_, Promised) => Standing::Same,
        (Promised, _) => Standing::Replaces,
        (Cached | Nearline, Kept) | (Nearline, Cached) if is_same => Standing::Moves,
        _ if is_same => Standing::Same,
        (Cached | Nearline, Cached) => Standing::Replaces,
        _ => Standing::Aside,
    }
}
