//! Frames that took their worker with them. For a while whoever asks for one again is told the same at once, because it
//! would cost another worker, and all that time, to end the same.

use crate::{Coding, Image};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::spawn_blocking, time::Instant};

/// How long one is remembered: what a busy machine only had no time for is tried again.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How many are; beyond that the oldest is forgotten.
const MOST: usize = 256;

/// What a worker is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Picture,
    Samples(Coding),
}

/// A frame for a worker, without how its picture is to look: what brings a decoder down does so in any size.
#[derive(Clone)]
pub(crate) struct Asked {
    what: What,
    bytes: Bytes,
}

/// What is seen of a frame without reading it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct What {
    kind: Kind,
    syntax: &'static str,
    size: (u32, u32),
    channels: u8,
    bit_offset: u8,
    length: usize,
}

struct Ended {
    what: What,
    digest: [u8; 32],
    error: cage::Error,
    until: Instant,
}

/// The frames. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct GivenUp(Arc<Mutex<VecDeque<Ended>>>);

impl Asked {
    pub(crate) fn new(kind: Kind, image: &Image, bytes: &Bytes, bit_offset: u8) -> Self {
        let size = (image.columns, image.rows);
        let (syntax, channels, length) = (image.syntax.uid, image.channels, bytes.len());
        Self { what: What { kind, syntax, size, channels, bit_offset, length }, bytes: bytes.clone() }
    }

    /// Long frames take their time.
    async fn digest(&self) -> Option<[u8; 32]> {
        let bytes = self.bytes.clone();
        spawn_blocking(move || Sha256::digest(&bytes).into()).await.ok()
    }
}

impl GivenUp {
    /// How it ended the last time.
    pub(crate) async fn find(&self, asked: &Asked) -> Option<cage::Error> {
        // hardly a frame is as long as one of these, so hardly one is read for this
        if !self.ended(|ended| ended.what == asked.what) {
            return None;
        }
        let digest = asked.digest().await?;
        let mut found = None;
        self.ended(|ended| {
            let is_it = ended.what == asked.what && ended.digest == digest;
            found = is_it.then_some(ended.error);
            is_it
        });
        found
    }

    /// Remembers how it ended.
    pub(crate) async fn remember(&self, asked: Asked, error: cage::Error) {
        let Some(digest) = asked.digest().await else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(Ended { what: asked.what, digest, error, until: Instant::now() + REMEMBERED });
    }

    /// Whether one is such, of those that are not to be forgotten.
    fn ended(&self, is_such: impl FnMut(&Ended) -> bool) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while all.front().is_some_and(|oldest| oldest.until <= now) {
            all.pop_front();
        }
        all.iter().any(is_such)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cage::Error::{Crashed, TimeLimit};

    fn asked(kind: Kind, bytes: &[u8]) -> Asked {
        let what = What { kind, syntax: "1.2", size: (1, 1), channels: 1, bit_offset: 0, length: bytes.len() };
        Asked { what, bytes: Bytes::copy_from_slice(bytes) }
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_frame_ends_the_same_for_ten_minutes() {
        let given_up = GivenUp::default();
        let (picture, samples) = (Kind::Picture, Kind::Samples(Coding::Native));
        given_up.remember(asked(picture, b"one"), TimeLimit).await;
        given_up.remember(asked(picture, b"two"), Crashed).await;
        assert_eq!(given_up.find(&asked(picture, b"one")).await, Some(TimeLimit));
        assert_eq!(given_up.find(&asked(picture, b"two")).await, Some(Crashed));
        assert_eq!(given_up.find(&asked(picture, b"six")).await, None, "as long, and another");
        assert_eq!(given_up.find(&asked(samples, b"one")).await, None, "another kind of work");
        tokio::time::advance(REMEMBERED).await;
        assert_eq!(given_up.find(&asked(picture, b"one")).await, None);
        assert!(given_up.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_oldest_is_forgotten_when_there_are_many() {
        let given_up = GivenUp::default();
        for number in 0..=MOST as u32 {
            given_up.remember(asked(Kind::Picture, &number.to_be_bytes()), Crashed).await;
        }
        assert_eq!(given_up.0.lock().unwrap().len(), MOST);
        assert_eq!(given_up.find(&asked(Kind::Picture, &0_u32.to_be_bytes())).await, None);
        assert_eq!(given_up.find(&asked(Kind::Picture, &1_u32.to_be_bytes())).await, Some(Crashed));
    }
}
