//! A data set passed through in pieces, some of its bytes replaced by others.

use crate::{Error, Inflating, Limits, coercion::Splices};
use flate2::{Compress, Compression, FlushCompress};

/// Bytes deflated at a time.
const STEP: usize = 32 << 10;

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
