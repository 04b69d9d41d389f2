//! The headers of one series as one blob, so that giving them is one read.
//!
//! What a blob is, numbers in little endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `headers` and the version of this form |
//! | 32 | SHA-256 of all that follows |
//! | 4, 4 | bytes of the directory, deflated and inflated |
//! | | the directory: number of blocks (4); of each its bytes deflated and inflated (4, 4); number of instances (4); of each the length of its UID (1), the UID, its block, where in the inflated block its text begins, and its length (4, 4, 4) |
//! | | the blocks: texts of instances in a row, deflated |
//!
//! Blobs are ours, but a disk may spoil them: what does not fit is no blob, never a panic, and nothing is allocated that
//! the deflated bytes could not fill.

mod writer;

use crate::header_text::HeaderText;
use bytes::{Buf, Bytes};
use flate2::bufread::DeflateDecoder;
use imaging_domain::{InstanceUid, SeriesUid, StudyUid};
use sha2::{Digest as _, Sha256};
use std::{io::Read, ops::Range, sync::Arc};
pub(crate) use writer::Writer;

/// Which form this is; one that changes what is written has another number, and so other names in the store.
pub(crate) const FORM: u8 = 2;
const MAGIC: [u8; 8] = [b'h', b'e', b'a', b'd', b'e', b'r', b's', FORM];
const DIGEST: Range<usize> = 8..40;
/// The most bytes of a blob: what one thing of a derived store may have.
const MAX_BYTES: usize = 16 << 20;
/// The most inflated bytes of a block, and of a directory.
const MAX_INFLATED: usize = 64 << 20;
/// Deflate never does better than this (RFC 1951: 258 bytes from two bits).
const MAX_RATIO: usize = 1032;

/// A blob, read.
pub(crate) struct Compact {
    blocks: Vec<Block>,
    /// In the order of UID.
    entries: Vec<Entry>,
}

struct Block {
    deflated: Bytes,
    inflated_length: usize,
    /// Which entries are in it.
    entries: Range<usize>,
}

struct Entry {
    uid: InstanceUid,
    text: Range<usize>,
}

impl Compact {
    /// Reads a blob; `None` when it is none, of another form, or spoilt.
    pub(crate) fn read(blob: Bytes) -> Option<Self> {
        let head = blob.get(..48)?;
        if head[..8] != MAGIC || Sha256::digest(&blob[DIGEST.end..])[..] != head[DIGEST] {
            return None;
        }
        let mut rest = blob.slice(DIGEST.end..);
        let (deflated, inflated_length) = (number(&mut rest)?, number(&mut rest)?);
        let directory = inflate(&take(&mut rest, deflated)?, inflated_length)?;
        Self::of_directory(&mut directory.as_slice(), rest)
    }

    fn of_directory(directory: &mut &[u8], mut rest: Bytes) -> Option<Self> {
        let mut blocks = vec![];
        for _ in 0..number(directory)? {
            let (deflated, inflated_length) = (number(directory)?, number(directory)?);
            blocks.push(Block { deflated: take(&mut rest, deflated)?, inflated_length, entries: 0..0 });
        }
        let mut entries: Vec<Entry> = vec![];
        for at in 0..number(directory)? {
            let length = usize::from(directory.try_get_u8().ok()?);
            let uid = InstanceUid::parse(std::str::from_utf8(directory.get(..length)?).ok()?).ok()?;
            directory.advance(length);
            let block = blocks.get_mut(number(directory)?)?;
            let (start, length) = (number(directory)?, number(directory)?);
            let in_order = entries.last().is_none_or(|last| last.uid < uid);
            if block.entries.is_empty() {
                block.entries = at..at;
            }
            if block.entries.end != at || !in_order {
                return None;
            }
            block.entries.end = at + 1;
            entries.push(Entry { uid, text: start..start + length });
        }
        Some(Self { blocks, entries })
    }

    /// How many blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The block and the place in it of an instance.
    pub(crate) fn find(&self, uid: &InstanceUid) -> Option<(usize, usize)> {
        let at = self.entries.binary_search_by(|entry| entry.uid.cmp(uid)).ok()?;
        let block = self.blocks.iter().position(|block| block.entries.contains(&at))?;
        Some((block, at - self.blocks[block].entries.start))
    }

    /// The texts of a block, in the order of UID. Inflates: not for an async thread.
    pub(crate) fn texts(&self, block: usize, study: &StudyUid, series: &SeriesUid) -> Option<Vec<HeaderText>> {
        let block = self.blocks.get(block)?;
        let inflated: Arc<str> = String::from_utf8(inflate(&block.deflated, block.inflated_length)?).ok()?.into();
        let text = |entry: &Entry| {
            inflated.get(entry.text.clone())?;
            let place = (study.clone(), series.clone(), entry.uid.clone());
            Some(HeaderText::part(place, Arc::clone(&inflated), entry.text.clone()))
        };
        self.entries[block.entries.clone()].iter().map(text).collect()
    }
}

fn number(bytes: &mut impl Buf) -> Option<usize> {
    usize::try_from(bytes.try_get_u32_le().ok()?).ok()
}

fn take(bytes: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= bytes.len()).then(|| bytes.split_to(length))
}

fn inflate(deflated: &[u8], length: usize) -> Option<Vec<u8>> {
    if length > MAX_INFLATED || length > deflated.len().saturating_mul(MAX_RATIO) {
        return None;
    }
    let mut inflated = vec![0; length];
    DeflateDecoder::new(deflated).read_exact(&mut inflated).ok()?;
    Some(inflated)
}

#[cfg(test)]
mod tests;
