//! Documents and moving pictures, given as they are stored.

use crate::{error::Error, headers::Opened, remote::Body};
use futures_util::{StreamExt, stream};
use imaging_domain::{DataSet, Value, tags};
use std::ops::Range;

/// Bytes of one piece of a document.
const PIECE: u64 = 1 << 20;

/// A document or moving picture.
pub struct Document {
    /// Media type.
    pub media_type: &'static str,
    /// Bytes.
    pub length: u64,
    /// Changes when the bytes do.
    pub version: String,
    /// Gives bytes `from..from + length`, which are inside of the document.
    pub body: Box<dyn Fn(u64, u64) -> Body + Send + Sync>,
}

/// Where the bytes of a document are.
pub(crate) enum Source {
    Here(Vec<u8>),
    Ranges(Vec<Range<u64>>),
}

impl Source {
    /// Without the byte that makes a value's length even (PS3.3 C.24.2).
    pub(crate) fn encapsulated(attributes: &DataSet) -> Result<Self, Error> {
        let said = attributes.int(tags::ENCAPSULATED_DOCUMENT_LENGTH).and_then(|length| u64::try_from(length).ok());
        let own =
            |stored: u64| said.filter(|said| (stored.saturating_sub(1)..=stored).contains(said)).unwrap_or(stored);
        match attributes.get(tags::ENCAPSULATED_DOCUMENT).map(|element| &element.value) {
            Some(Value::Bytes(bytes)) => {
                let mut bytes = bytes.clone();
                bytes.truncate(own(bytes.len() as u64) as usize);
                Ok(Self::Here(bytes))
            }
            Some(Value::Bulk { offset, length }) => {
                let span = *offset..offset.saturating_add(own(*length));
                Ok(Self::Ranges(std::iter::once(span).collect()))
            }
            _ => Err(Error::Unsupported("instance has no document in it")),
        }
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Ranges(ranges) => ranges.iter().map(|range| range.end - range.start).sum(),
        }
    }

    pub(crate) fn body(&self, opened: &Opened, from: u64, length: u64) -> Body {
        match self {
            Self::Here(bytes) => {
                let bytes = bytes.get(from as usize..(from + length) as usize).unwrap_or_default().to_vec();
                stream::iter([Ok(bytes.into())]).boxed()
            }
            Self::Ranges(ranges) => {
                let opened = opened.clone();
                let read = move |range| {
                    let opened = opened.clone();
                    async move { opened.read(range).await }
                };
                stream::iter(pieces(ranges, from, length)).map(read).buffered(2).boxed()
            }
        }
    }
}

/// The ranges that bytes `from..from + length` of ranges joined lie in, in pieces.
fn pieces(ranges: &[Range<u64>], from: u64, length: u64) -> Vec<Range<u64>> {
    let (mut at, mut out) = (0, vec![]);
    for range in ranges {
        let own = range.end - range.start;
        let (begin, end) = (from.max(at), (from + length).min(at + own));
        let mut piece = begin;
        while piece < end {
            let next = (piece + PIECE).min(end);
            out.push(range.start + (piece - at)..range.start + (next - at));
            piece = next;
        }
        at += own;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_ranges_are_their_bytes_in_order() {
        let ranges = [100..110, 200..220];
        assert_eq!(pieces(&ranges, 0, 30), [100..110, 200..220]);
        assert_eq!(pieces(&ranges, 5, 10), [105..110, 200..205]);
        assert_eq!(pieces(&ranges, 8, 4), [108..110, 200..202]);
        let long = [0..2 * PIECE, 2 * PIECE..3 * PIECE];
        assert_eq!(pieces(&long, 1, 2 * PIECE), [1..PIECE + 1, PIECE + 1..2 * PIECE, 2 * PIECE..2 * PIECE + 1]);
    }
}
