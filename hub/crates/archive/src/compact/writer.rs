//! A blob is written while headers pass by.

use super::{DIGEST, MAGIC, MAX_BYTES, MAX_INFLATED};
use catalog::version_of;
use flate2::{Compression, write::DeflateEncoder};
use imaging_domain::{Digest, InstanceUid};
use sha2::{Digest as _, Sha256};
use std::io::Write;

/// Inflated bytes at which a block is closed: large enough to hold what headers have in common, small enough that one
/// header is found quickly.
const BLOCK: usize = 256 << 10;

/// A blob that is being written. It holds no more than a blob may have.
#[derive(Default)]
pub(crate) struct Writer {
    blocks: Vec<u8>,
    /// Bytes of each block, deflated and inflated.
    lengths: Vec<[usize; 2]>,
    open: Vec<u8>,
    entries: Vec<Entry>,
    /// Nothing will come of it.
    failed: bool,
}

struct Entry {
    uid: InstanceUid,
    digest: Digest,
    /// Block, place in it, length.
    place: [usize; 3],
}

impl Writer {
    /// Takes the next instance by UID: the digest of its file, and its header's text.
    pub(crate) fn push(&mut self, uid: &InstanceUid, digest: Digest, text: &str) {
        let in_order = self.entries.last().is_none_or(|last| last.uid < *uid);
        if !in_order || text.len() > MAX_INFLATED - BLOCK || self.blocks.len() > MAX_BYTES {
            self.failed = true;
        }
        if self.failed {
            return;
        }
        let place = [self.lengths.len(), self.open.len(), text.len()];
        self.entries.push(Entry { uid: uid.clone(), digest, place });
        self.open.extend_from_slice(text.as_bytes());
        if self.open.len() >= BLOCK {
            self.close();
        }
    }

    fn close(&mut self) {
        match deflate(&self.open) {
            Some(deflated) => {
                self.lengths.push([deflated.len(), self.open.len()]);
                self.blocks.extend_from_slice(&deflated);
                self.open.clear();
            }
            None => self.failed = true,
        }
    }

    /// The version of what was pushed, and the blob; `None` when it would be larger than a blob may be.
    pub(crate) fn finish(mut self) -> Option<(Digest, Vec<u8>)> {
        if !self.open.is_empty() {
            self.close();
        }
        let directory = self.directory();
        let deflated = deflate(&directory)?;
        let mut out = [&MAGIC[..], &[0; 32]].concat();
        for length in [deflated.len(), directory.len()] {
            put(&mut out, length);
        }
        out.extend_from_slice(&deflated);
        out.extend_from_slice(&self.blocks);
        let digest = Sha256::digest(&out[DIGEST.end..]);
        out[DIGEST].copy_from_slice(&digest);
        let fits = !self.failed && out.len() <= MAX_BYTES && directory.len() <= MAX_INFLATED;
        let version = version_of(self.entries.iter().map(|entry| (entry.uid.as_str(), &entry.digest)));
        fits.then_some((version, out))
    }

    fn directory(&self) -> Vec<u8> {
        let mut out = vec![];
        put(&mut out, self.lengths.len());
        for length in self.lengths.iter().flatten() {
            put(&mut out, *length);
        }
        put(&mut out, self.entries.len());
        for entry in &self.entries {
            // an identifier has at most 64 characters
            out.push(entry.uid.as_str().len() as u8);
            out.extend_from_slice(entry.uid.as_str().as_bytes());
            for number in entry.place {
                put(&mut out, number);
            }
        }
        out
    }
}

/// Everything counted here is bounded far below 2^32.
fn put(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(vec![], Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
