//! Counts of today's arrivals. They outlive a restart by a file that is written now and then; what was stored since the last time is
//! in the index in any case.

use archive::Outcome;
use daemon::read_at_most;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};
use viewer_api::{Counts, OfModality, OfSender, Today};

/// The most bytes of the file.
const MAX_DAY: u64 = 4 << 20;
/// Senders and modalities of a day; what comes of further ones counts in the whole alone.
const MAX_KINDS: usize = 500;

/// The ledger.
pub struct Ledger {
    path: PathBuf,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    day: Day,
    /// Whether the day changed since it was written.
    unwritten: bool,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Day {
    day: String,
    all: Counts,
    modalities: BTreeMap<String, (u64, u64)>,
    senders: BTreeMap<String, (Counts, i64)>,
}

/// One arrival that was taken in.
pub struct Arrived<'a> {
    /// Who sent it.
    pub sender: &'a str,
    /// Its modality, empty when it says none.
    pub modality: &'a str,
    /// Its bytes.
    pub bytes: u64,
    /// What became of it.
    pub outcome: &'a Outcome,
}

impl Ledger {
    /// The ledger kept in a file; an empty one when it is of another day or cannot be read.
    pub(super) fn open(path: PathBuf, now_ms: i64) -> Self {
        let kept = read_at_most(&path, MAX_DAY).ok();
        let kept: Option<Day> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut pages = Pages { day: kept.unwrap_or_default(), ..Pages::default() };
        pages.turn(now_ms);
        Self { path, pages: Mutex::new(pages) }
    }

    fn pages(&self, now_ms: i64) -> MutexGuard<'_, Pages> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.turn(now_ms);
        pages
    }

    /// Notes an arrival.
    pub fn arrived(&self, arrived: &Arrived<'_>, now_ms: i64) {
        let outcome = arrived.outcome.plain();
        let new_bytes = if matches!(outcome, Outcome::Stored(_)) { arrived.bytes } else { 0 };
        let mut pages = self.pages(now_ms);
        pages.count(arrived.sender, now_ms, |counts| {
            match outcome {
                Outcome::Stored(_) | Outcome::Coerced(_) => counts.stored += 1,
                Outcome::Duplicate(_) => counts.duplicates += 1,
                Outcome::Conflict(_) => counts.conflicts += 1,
                Outcome::Dropped(_) => counts.dropped += 1,
            }
            counts.bytes += new_bytes;
        });
        let modalities = &mut pages.day.modalities;
        let has_room = modalities.len() < MAX_KINDS || modalities.contains_key(arrived.modality);
        if matches!(outcome, Outcome::Stored(_)) && has_room {
            let of = modalities.entry(arrived.modality.to_owned()).or_default();
            *of = (of.0 + 1, of.1 + new_bytes);
        }
    }

    /// Notes that something of a sender was refused.
    pub fn refused(&self, sender: &str, now_ms: i64) {
        self.pages(now_ms).count(sender, now_ms, |counts| counts.refused += 1);
    }

    /// Today's counts.
    pub fn today(&self, now_ms: i64) -> Today {
        let Day { day, all, modalities, senders } = self.pages(now_ms).day.clone();
        let mut modalities: Vec<_> =
            modalities.into_iter().map(|(modality, (stored, bytes))| OfModality { modality, stored, bytes }).collect();
        modalities.sort_by_key(|of| std::cmp::Reverse(of.stored));
        let mut senders: Vec<_> =
            senders.into_iter().map(|(sender, (counts, last_ms))| OfSender { sender, counts, last_ms }).collect();
        senders.sort_by_key(|of| std::cmp::Reverse((of.counts.stored, of.last_ms)));
        Today { day, all, modalities, senders }
    }

    /// Writes the day when it changed since it was written. A failure to write is logged: the next time may do better.
    pub fn write(&self, now_ms: i64) {
        let day = {
            let mut pages = self.pages(now_ms);
            if !std::mem::take(&mut pages.unwritten) {
                return;
            }
            pages.day.clone()
        };
        let new = self.path.with_extension("new");
        let bytes = serde_json::to_vec(&day).unwrap_or_default();
        let written = std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, &self.path));
        if let Err(error) = written {
            tracing::warn!(%error, "today's counts cannot be written");
        }
    }
}

impl Pages {
    /// Begins a new day when it is one.
    fn turn(&mut self, now_ms: i64) {
        let now = Timestamp::from_millisecond(now_ms).unwrap_or_default();
        let day = now.to_zoned(TimeZone::system()).date().to_string();
        if self.day.day != day {
            self.day = Day { day, ..Day::default() };
        }
    }

    fn count(&mut self, sender: &str, now_ms: i64, count: impl Fn(&mut Counts)) {
        count(&mut self.day.all);
        let senders = &mut self.day.senders;
        if senders.len() < MAX_KINDS || senders.contains_key(sender) {
            let (counts, last_ms) = senders.entry(sender.to_owned()).or_default();
            count(counts);
            *last_ms = now_ms;
        }
        self.unwritten = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::InstanceUid;

    const DAY_MS: i64 = 86_400_000;

    fn arrive(ledger: &Ledger, sender: &str, modality: &str, outcome: fn(InstanceUid) -> Outcome, now_ms: i64) {
        let outcome = outcome(InstanceUid::parse("1.2").unwrap());
        ledger.arrived(&Arrived { sender, modality, bytes: 10, outcome: &outcome }, now_ms);
    }

    #[test]
    fn a_day_is_counted_kept_and_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("today.json");
        let ledger = Ledger::open(path.clone(), DAY_MS);
        arrive(&ledger, "CT1 @ 10.0.0.1", "CT", Outcome::Stored, DAY_MS);
        arrive(&ledger, "CT1 @ 10.0.0.1", "CT", Outcome::Duplicate, DAY_MS + 1);
        arrive(&ledger, "US @ 10.0.0.2", "US", Outcome::Conflict, DAY_MS + 2);
        ledger.refused("US @ 10.0.0.2", DAY_MS + 3);
        ledger.write(DAY_MS + 4);
        let ledger = Ledger::open(path.clone(), DAY_MS + 5);
        let today = ledger.today(DAY_MS + 5);
        assert_eq!(today.all, Counts { stored: 1, duplicates: 1, conflicts: 1, dropped: 0, refused: 1, bytes: 10 });
        assert_eq!(today.modalities, [OfModality { modality: "CT".to_owned(), stored: 1, bytes: 10 }]);
        assert_eq!(today.senders[0].sender, "CT1 @ 10.0.0.1");
        assert_eq!(today.senders[1].last_ms, DAY_MS + 3);
        assert_eq!(ledger.today(3 * DAY_MS).all, Counts::default(), "another day");
    }
}
