//! The change feed between a hospital and the hub, as a machine without I/O.
//!
//! The hospital's side knows what it has written and what the hub said it holds; it answers what to do next. Everything
//! rests on one rule: the hub says the number it holds in every answer, and applies only the lines that follow it. So a
//! lost, repeated or late batch costs a round trip and changes nothing.

use imaging_domain::Change;
use serde::{Deserialize, Serialize};

/// The most lines of one batch.
pub const MAX_BATCH: usize = 500;

/// What a hospital sends. Without lines it asks for the position and says that the hospital lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Number of the last line the hospital has written: what is above the hub's number is the backlog.
    pub last: u64,
    /// Lines in order, without gaps but those that a line tells.
    pub changes: Vec<Change>,
}

/// What the hub answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Number of the last line the hub has applied.
    pub held: u64,
}

/// The hospital's side of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sender {
    held: Option<u64>,
    last: u64,
}

/// What the hospital does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send a batch without lines and learn the number.
    Ask,
    /// Send the lines after this number.
    Send {
        /// The number the hub holds.
        after: u64,
    },
    /// Nothing to send: wait for a new line, or for the time of the next sign of life.
    Wait,
}

impl Sender {
    /// What to do.
    pub fn next(&self) -> Next {
        match self.held {
            None => Next::Ask,
            Some(held) if held < self.last => Next::Send { after: held },
            Some(_) => Next::Wait,
        }
    }

    /// The feed's last line has this number now.
    pub fn written(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    /// The hub said what it holds. It may say less than before: it was restored from a backup.
    pub fn held(&mut self, held: u64) {
        self.held = Some(held);
    }

    /// The connection broke: what the hub holds is unknown again.
    pub fn lost(&mut self) {
        self.held = None;
    }

    /// Lines the hub does not have, as far as known.
    pub fn backlog(&self) -> u64 {
        self.last.saturating_sub(self.held.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{Event, InstanceUid};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    /// The hub's side in the simulated world: the rule of `ChangeFeed::apply`.
    #[derive(Default)]
    struct Hub(Vec<Change>);

    impl Hub {
        fn apply(&mut self, batch: &Batch) -> Held {
            for change in &batch.changes {
                if change.number == self.0.len() as u64 + 1 {
                    self.0.push(change.clone());
                }
            }
            Held { held: self.0.len() as u64 }
        }
    }

    fn line(number: u64) -> Change {
        let uid = InstanceUid::parse(&format!("1.2.{number}")).expect("a uid");
        Change { number, event: Event::Deleted(uid) }
    }

    /// Requests and answers get lost, come twice and late; both sides restart; lines keep coming.
    fn world(seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut written, mut hub, mut sender, mut late) = (0_u64, Hub::default(), Sender::default(), Vec::new());
        for step in 0..600 {
            if step < 400 && random.random_bool(0.4) {
                written += random.random_range(1..20);
            }
            if random.random_bool(0.05) {
                sender = Sender::default();
            }
            sender.written(written);
            let batch = match sender.next() {
                Next::Ask => Batch { last: written, changes: vec![] },
                Next::Send { after } => {
                    let end = written.min(after + random.random_range(1..30));
                    Batch { last: written, changes: (after + 1..=end).map(line).collect() }
                }
                Next::Wait => continue,
            };
            if step < 400 && random.random_bool(0.2) {
                late.push(batch.clone());
            }
            if step < 400 && random.random_bool(0.2) {
                sender.lost();
                continue;
            }
            let answer = hub.apply(&batch);
            if step < 400 && !late.is_empty() && random.random_bool(0.3) {
                hub.apply(&late.swap_remove(random.random_range(0..late.len())));
            }
            if step < 400 && random.random_bool(0.2) { sender.lost() } else { sender.held(answer.held) }
        }
        let numbers: Vec<u64> = hub.0.iter().map(|change| change.number).collect();
        assert_eq!(numbers, (1..=written).collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(sender.backlog(), 0, "seed {seed}");
    }

    #[test]
    fn nothing_is_lost_repeated_or_reordered() {
        (0..500).for_each(world);
    }
}
