//! A data set passed through in pieces, some of its bytes replaced by others.

use crate::{Error, Limits, coercion::Splices, inflate::Inflater};
use flate2::{Compress, Compression, FlushCompress};
use imaging_domain::transfer_syntax::{self, Encoding};
use std::ops::Range;

/// Bytes deflated at a time.
const STEP: usize = 32 << 10;

/// The bytes of a data set as their splices count them: those of a deflated one inflated.
pub struct Inflating {
    /// For deflated data sets; made when the first two bytes are there.
    inflater: Option<Inflater>,
    deflated: bool,
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

/// Passes a data set through with its splices, in the transfer syntax that it is in; the result does not depend on how it was
/// cut. What is deflated is inflated and deflated again.
pub struct Splicer {
    inflating: Inflating,
    deflater: Option<Compress>,
    passing: Passing,
}

struct Passing {
    position: u64,
    splices: std::vec::IntoIter<crate::coercion::Splice>,
    next: Option<crate::coercion::Splice>,
    /// What is passed over ends here.
    until: u64,
}

impl Splicer {
    /// Before the first byte of a data set in a transfer syntax.
    pub fn new(transfer_syntax: &str, splices: Splices, limits: Limits) -> Self {
        let inflating = Inflating::new(transfer_syntax, limits);
        let deflater = inflating.deflated.then(|| Compress::new(Compression::default(), false));
        let mut splices = splices.0.into_iter();
        let next = splices.next();
        Self { inflating, deflater, passing: Passing { position: 0, splices, next, until: 0 } }
    }

    /// Takes the next bytes and appends what they become.
    ///
    /// # Errors
    /// When they do not inflate.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let Self { inflating, deflater, passing } = self;
        let mut spliced = vec![];
        inflating.feed(bytes, &mut |bytes| {
            match deflater {
                None => passing.feed(bytes, out),
                Some(deflater) => {
                    passing.feed(bytes, &mut spliced);
                    deflate(deflater, &spliced, FlushCompress::None, out)?;
                    spliced.clear();
                }
            }
            Ok(())
        })
    }

    /// The data set has ended; appends the last bytes.
    ///
    /// # Errors
    /// When they cannot be deflated.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(deflater) = &mut self.deflater else {
            self.passing.end(out);
            return Ok(());
        };
        let mut last = vec![];
        self.passing.end(&mut last);
        deflate(deflater, &last, FlushCompress::Finish, out)?;
        // an even number of bytes (PS3.5 A.5)
        out.extend((deflater.total_out() % 2 == 1).then_some(0));
        Ok(())
    }
}

impl Passing {
    fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            let left_out = self.until.saturating_sub(self.position).min(bytes.len() as u64);
            bytes = &bytes[left_out as usize..];
            self.position += left_out;
            if self.position < self.until {
                return;
            }
            let Some(next) = self.next.take_if(|next| next.at.start <= self.position) else {
                let room = self.next.as_ref().map_or(u64::MAX, |next| next.at.start - self.position);
                let (passed, rest) = bytes.split_at(room.min(bytes.len() as u64) as usize);
                out.extend_from_slice(passed);
                self.position += passed.len() as u64;
                bytes = rest;
                continue;
            };
            self.put(next, out);
        }
    }

    fn put(&mut self, splice: crate::coercion::Splice, out: &mut Vec<u8>) {
        out.extend_from_slice(&splice.with);
        self.until = self.until.max(splice.at.end);
        self.next = self.splices.next();
    }

    /// What comes after the last byte.
    fn end(&mut self, out: &mut Vec<u8>) {
        while let Some(next) = self.next.take() {
            self.put(next, out);
        }
    }
}

fn deflate(deflater: &mut Compress, mut input: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut buffer = [0; STEP];
    loop {
        let (used, made) = (deflater.total_in(), deflater.total_out());
        let status = deflater.compress(input, &mut buffer, flush).map_err(|_| Error::Deflate)?;
        let (used, made) = ((deflater.total_in() - used) as usize, (deflater.total_out() - made) as usize);
        input = &input[used..];
        out.extend_from_slice(&buffer[..made]);
        let finishing = matches!(flush, FlushCompress::Finish);
        if status == flate2::Status::StreamEnd || (!finishing && input.is_empty() && made < buffer.len()) {
            return Ok(());
        }
    }
}
