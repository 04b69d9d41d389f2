//! A data set written again in little endian, with VRs or without, while it is read, whatever it was in, with bounded memory.

use crate::inflate::Inflater;
use crate::walker::Walker;
use crate::{Deidentification, Error, Keep, Limits};
use imaging_domain::transfer_syntax::{self, Encoding};
use imaging_domain::{Tag, VR};
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes a rewriter takes at once from a deflated data set: what they inflate to is held until it is given.
pub const MAX_DEFLATED_PIECE: usize = 16 << 10;

/// What is written otherwise than it was read, all of it in the outermost data set but for de-identification.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Values in little endian and of even length, in place of what was there or new.
    pub values: BTreeMap<Tag, (VR, Vec<u8>)>,
    /// Elements that are left out.
    pub removed: BTreeSet<Tag>,
    /// The pixel data.
    pub pixels: Pixels,
    /// In which encoding it is written.
    pub written: Written,
    /// How it is de-identified, when it is.
    pub deidentification: Option<Deidentification>,
}

/// The encoding of what is written; both are little endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Written {
    /// With VRs.
    #[default]
    Explicit,
    /// Without, for receivers that know nothing else.
    Implicit,
}

/// What becomes of the outermost data set's pixel data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pixels {
    /// Its value is written in little endian. It has to be native.
    #[default]
    AsTheyAre,
    /// Its header is written for a value of so many bytes, which the caller writes.
    Native {
        /// OB or OW.
        vr: VR,
        /// Bytes, an even number.
        length: u32,
    },
    /// Its header and an empty offset table are written; the caller writes an item for each fragment and
    /// [`Rewriter::PIXELS_END`].
    Encapsulated,
    /// Its fragments are written as they are. It has to be encapsulated; native pixel data is written as it is too.
    Fragments,
}

/// Rewrites a data set that is fed in pieces of any size; the result does not depend on how it was cut. What the scan
/// reads over is read over here too, so that a scan of the result finds what a scan of the source found. Group lengths,
/// misplaced file meta information and encapsulated icons are left out; values of odd length are padded.
///
/// To write other pixels: feed exactly the bytes before the pixel data's value, write what [`Pixels`] says, then
/// [`pass_over`](Self::pass_over) the value and feed the rest.
pub struct Rewriter {
    walker: Box<Walker>,
    /// For deflated data sets; made when the first two bytes are there.
    inflated: Option<Inflated>,
}

struct Inflated {
    first: Vec<u8>,
    inflater: Option<Inflater>,
    limit: u64,
}

impl Rewriter {
    /// What ends encapsulated pixel data.
    pub const PIXELS_END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

    /// A rewriter before the first byte of a data set in a transfer syntax.
    pub fn new(transfer_syntax: &str, changes: Changes, limits: Limits) -> Self {
        let encoding = transfer_syntax::of(transfer_syntax).encoding;
        let inflated = Inflated { first: vec![], inflater: None, limit: limits.inflated_bytes };
        Self {
            walker: Box::new(Walker::new(encoding, Keep::Index, limits).writing(changes)),
            inflated: (encoding == Encoding::Deflated).then_some(inflated),
        }
    }

    /// A rewriter of a deflated data set that was inflated already.
    pub fn of_inflated(changes: Changes, limits: Limits) -> Self {
        Self::new(transfer_syntax::EXPLICIT_LITTLE, changes, limits)
    }

    /// Takes the next bytes and appends what they become; of a deflated data set at most [`MAX_DEFLATED_PIECE`].
    ///
    /// # Errors
    /// As [`Scanner::feed`](crate::Scanner::feed), and [`Error::Malformed`] for encapsulated pixel data that is to be
    /// written as it is.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let walker = &mut self.walker;
        let Some(inflated) = &mut self.inflated else {
            walker.feed(bytes)?;
            walker.take_written(out);
            return Ok(());
        };
        let gathered;
        let mut input = bytes;
        if inflated.inflater.is_none() {
            inflated.first.extend_from_slice(bytes);
            if inflated.first.len() < 2 {
                return Ok(());
            }
            gathered = std::mem::take(&mut inflated.first);
            input = &gathered;
        }
        let limit = inflated.limit;
        let inflater = inflated.inflater.get_or_insert_with(|| Inflater::new(input, limit));
        inflater.feed(input, &mut |bytes| walker.feed(bytes))?;
        walker.take_written(out);
        Ok(())
    }

    /// Goes on behind the `length` bytes of a pixel data value that was written otherwise.
    ///
    /// # Errors
    /// [`Error::Malformed`] when what comes next is no such value.
    pub fn pass_over(&mut self, length: u64) -> Result<(), Error> {
        self.walker.pass_over(length)
    }

    /// Whether native pixel data of the outermost data set has begun: what could not be written stands before it.
    pub fn has_reached_pixels(&self) -> bool {
        self.walker.has_pixels()
    }

    /// The data set has ended; appends the last bytes. One that ended inside of a value ends there.
    pub fn finish(self, out: &mut Vec<u8>) {
        self.walker.end_writing(out);
    }
}

/// Bytes of a value of this VR from big to little endian, in place.
pub fn to_little_endian(vr: VR, bytes: &mut [u8]) {
    let unit = crate::walker::unit(vr);
    bytes.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
}
