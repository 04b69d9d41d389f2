//! What became of a copy, and where a destination is in its queue.

use dimse::Status;
use imaging_domain::{ErrorKind, in_one_line};
use std::collections::BTreeMap;

/// How often the association may break over one instance before that one is taken for what the peer cannot take.
const MAX_BREAKS: u32 = 5;

/// What became of one instance.
pub(super) enum Sent {
    Taken,
    /// It is not there any more.
    Gone,
    /// It will never be taken.
    Refused(String),
    /// Perhaps later.
    NotNow(String),
    /// Perhaps later, and the association is of no more use.
    Lost(String),
    /// Never, and the association is of no more use.
    Breaks(String),
}

impl Sent {
    /// For the counter.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Taken | Self::Gone => "taken",
            Self::Refused(_) | Self::Breaks(_) => "refused",
            Self::NotNow(_) | Self::Lost(_) => "again",
        }
    }
}

/// Where the worker is in the queue: what broke an association comes after everything else, so that it holds up nothing.
#[derive(Default)]
pub(super) struct Place {
    pub(super) after: i64,
    pub(super) progressed: bool,
    /// The instances over which the association broke, and how often.
    breaks: BTreeMap<i64, u32>,
}

impl Place {
    /// The association broke over an instance; what that means for it.
    pub(super) fn broke(&mut self, id: i64, why: String) -> Sent {
        let breaks = self.breaks.entry(id).or_default();
        *breaks += 1;
        if *breaks < MAX_BREAKS {
            return Sent::Lost(why);
        }
        self.breaks.remove(&id);
        Sent::Breaks(format!("{why}, {MAX_BREAKS} times over this one"))
    }
}

/// What a status of C-STORE means for the copy (PS3.4 B.2.3).
pub(super) fn answered(status: Status) -> Sent {
    match status.code() {
        _ if status.is_done() => Sent::Taken,
        // no room, or trouble of its own: the same may succeed later
        0xA700..=0xA7FF | 0x0110 | 0x0213 => Sent::NotNow(format!("it answered {status}")),
        _ => Sent::Refused(format!("it answered {status}")),
    }
}

/// What is not read.
pub(super) fn unread(error: &archive::Error) -> Sent {
    match error.kind() {
        ErrorKind::NotFound => Sent::Gone,
        ErrorKind::Unavailable | ErrorKind::Conflict => Sent::NotNow(in_one_line(error)),
        _ => Sent::Refused(in_one_line(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_say_whether_the_same_may_be_taken_later() {
        for (code, expected) in [
            (0x0000, "taken"),
            (0xB000, "taken"),
            (0xB007, "taken"),
            (0xA700, "later"),
            (0xA7FF, "later"),
            (0x0110, "later"),
            (0xA900, "never"),
            (0xC123, "never"),
            (0x0122, "never"),
            (0x0124, "never"),
        ] {
            let told = match answered(Status::from_code(code)) {
                Sent::Taken => "taken",
                Sent::NotNow(_) => "later",
                Sent::Refused(_) => "never",
                Sent::Gone | Sent::Lost(_) | Sent::Breaks(_) => "something else",
            };
            assert_eq!(told, expected, "{code:04X}");
        }
    }
}
