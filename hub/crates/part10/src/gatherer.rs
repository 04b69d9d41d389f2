//! The bytes of a data set as they are counted: those of a deflated one inflated.

use crate::{Error, Limits, inflate::Inflater};
use imaging_domain::transfer_syntax::{self, Encoding};
use std::ops::Range;

/// The bytes of a data set as their splices count them: those of a deflated one inflated.
pub struct Inflating {
    /// For deflated data sets; made when the first two bytes are there.
    inflater: Option<Inflater>,
    pub(crate) deflated: bool,
    first: Vec<u8>,
    limit: u64,
}

impl Inflating {
    /// Before the first byte of a data set in a transfer syntax.
    pub fn new(transfer_syntax: &str, limits: Limits) -> Self {
        let deflated = transfer_syntax::of(transfer_syntax).encoding == Encoding::Deflated;
        Self { inflater: None, deflated, first: vec![], limit: limits.inflated_bytes }
    }

    /// Takes the next bytes and hands on what they are.
    ///
    /// # Errors
    /// When they do not inflate, or to more than is allowed; what `sink` says.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        if !self.deflated {
            return sink(bytes);
        }
        if self.inflater.is_none() {
            self.first.extend_from_slice(bytes);
            if self.first.len() < 2 {
                return Ok(());
            }
            let first = std::mem::take(&mut self.first);
            let limit = self.limit;
            let inflater = self.inflater.insert(Inflater::new(&first, limit));
            return inflater.feed(&first, sink).map(drop);
        }
        self.inflater.as_mut().map_or(Ok(()), |inflater| inflater.feed(bytes, sink).map(drop))
    }
}

/// Gathers ranges of a data set's bytes.
pub struct Gatherer {
    inflating: Inflating,
    position: u64,
    wanted: Vec<Range<u64>>,
    gathered: Vec<u8>,
}

impl Gatherer {
    /// For ranges in ascending order that do not overlap, of a data set in a transfer syntax.
    pub fn new(transfer_syntax: &str, wanted: Vec<Range<u64>>, limits: Limits) -> Self {
        Self { inflating: Inflating::new(transfer_syntax, limits), position: 0, wanted, gathered: vec![] }
    }

    /// Whether everything was there.
    pub fn is_done(&self) -> bool {
        self.wanted.last().is_none_or(|last| self.position >= last.end)
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`Inflating::feed`].
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Self { inflating, position, wanted, gathered } = self;
        inflating.feed(bytes, &mut |bytes| {
            let here = *position..*position + bytes.len() as u64;
            for range in wanted.iter() {
                let (from, to) = (range.start.max(here.start), range.end.min(here.end));
                if from < to {
                    gathered.extend_from_slice(&bytes[(from - here.start) as usize..(to - here.start) as usize]);
                }
            }
            *position = here.end;
            Ok(())
        })
    }

    /// What was gathered.
    pub fn finish(self) -> Vec<u8> {
        self.gathered
    }
}
