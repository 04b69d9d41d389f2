//! Room on the disk for values that come before the instance they belong to is known.

use crate::{error::Error, remote::Body};
use blob_store::{Follower, StagedBlob};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::ops::Range;

/// Bytes written once and read in ranges. Never published; gone when dropped.
pub struct Scratch {
    blob: Box<dyn StagedBlob>,
    follower: Follower,
    length: u64,
}

/// Reads a [`Scratch`] that lives.
#[derive(Clone)]
pub struct ScratchReader(Follower);

impl Scratch {
    /// Room in a store.
    pub fn new(blob: Box<dyn StagedBlob>) -> Self {
        Self { follower: blob.follow(), blob, length: 0 }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.length += bytes.len() as u64;
        Ok(self.blob.write(bytes).await?)
    }

    /// How many bytes were written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads what was written.
    pub fn reader(&self) -> ScratchReader {
        ScratchReader(self.follower.clone())
    }
}

impl ScratchReader {
    /// Bytes of a range that was written.
    pub fn read(&self, range: Range<u64>) -> Body {
        let left = range.end.saturating_sub(range.start);
        let bytes = self.0.stream_from(range.start).map_err(Error::from);
        let cut = async |(mut bytes, left): (Body, u64)| {
            if left == 0 {
                return Ok(None);
            }
            let Some(mut piece) = bytes.try_next().await? else { return Ok(None) };
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - piece.len() as u64;
            Ok(Some((piece, (bytes, left))))
        };
        stream::try_unfold((bytes.boxed(), left), cut).boxed()
    }
}
