//! Inflates deflated data sets (PS3.5 A.5) within bounds.

use crate::{Error, Limits, start};
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, Read};

/// Output bytes per input byte that are still believed.
pub const MAX_RATIO: u64 = 100;
/// Output from which on the ratio is judged: blank images compress very well, but they are not that large.
pub const RATIO_JUDGED_FROM: u64 = 64 << 20;

/// Bytes inflated at a time.
const STEP: usize = 32 << 10;

/// The bounded inflater that both the scan and [`Inflate`] use.
pub(crate) struct Inflater {
    inner: Decompress,
    limit: u64,
    ended: bool,
}

impl Inflater {
    /// For a stream that begins with `first` bytes (two are enough to see a zlib header).
    pub fn new(first: &[u8], limit: u64) -> Self {
        Self { inner: Decompress::new(start::is_zlib(first)), limit, ended: false }
    }

    /// Whether the stream's own end was reached.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Inflates some of `input` into `output`; gives bytes used and bytes made.
    pub fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize), Error> {
        let (used, made) = (self.inner.total_in(), self.inner.total_out());
        let status = self.inner.decompress(input, output, FlushDecompress::None).map_err(|_| Error::Deflate)?;
        self.ended = status == Status::StreamEnd;
        let (total_in, total_out) = (self.inner.total_in(), self.inner.total_out());
        if total_out > self.limit {
            return Err(Error::Limit("inflated bytes"));
        }
        if total_out > RATIO_JUDGED_FROM && total_out / MAX_RATIO > total_in {
            return Err(Error::Limit("the ratio of inflated to deflated bytes"));
        }
        Ok(((total_in - used) as usize, (total_out - made) as usize))
    }

    /// Inflates all of `input` into `sink`; gives how many bytes lie after the stream's end.
    pub fn feed(&mut self, mut input: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<usize, Error> {
        let mut output = [0; STEP];
        while !self.ended {
            let (used, made) = self.step(input, &mut output)?;
            input = &input[used..];
            sink(&output[..made])?;
            if made == 0 && used == 0 && !self.ended {
                return Ok(0);
            }
        }
        Ok(input.len())
    }
}

/// A reader of the inflated bytes of a deflated data set: raw deflate, or zlib where a sender wrote that. Fails with
/// `InvalidData` when the bytes do not inflate or inflate to more than allowed, and with `UnexpectedEof` when they
/// end early.
pub struct Inflate<R> {
    source: R,
    inflater: Option<Inflater>,
    limit: u64,
    buffer: Vec<u8>,
    from: usize,
}

impl<R: Read> Inflate<R> {
    /// Reads deflated bytes from `source`, up to `limits.inflated_bytes` of output.
    pub fn new(source: R, limits: Limits) -> Self {
        Self { source, inflater: None, limit: limits.inflated_bytes, buffer: Vec::new(), from: 0 }
    }

    /// Reads more from the source when nothing is left; says whether there is anything.
    fn fill(&mut self) -> io::Result<bool> {
        if self.from < self.buffer.len() {
            return Ok(true);
        }
        self.buffer.resize(STEP, 0);
        self.from = 0;
        let mut got = self.source.read(&mut self.buffer)?;
        if got == 1 && self.inflater.is_none() {
            got += self.source.read(&mut self.buffer[1..])?;
        }
        self.buffer.truncate(got);
        Ok(got > 0)
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            if self.inflater.as_ref().is_some_and(Inflater::is_ended) {
                return Ok(0);
            }
            let more = self.fill()?;
            let limit = self.limit;
            let inflater = self.inflater.get_or_insert_with(|| Inflater::new(&self.buffer, limit));
            let (used, made) = inflater
                .step(&self.buffer[self.from..], output)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            self.from += used;
            if made > 0 {
                return Ok(made);
            }
            if !more && !inflater.is_ended() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
