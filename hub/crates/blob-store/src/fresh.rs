//! What is just coming, in memory: whoever has a cache filled reads at that moment, and need not wait for the disk.

use crate::{
    error::Error,
    port::{Blob, MAX_READ},
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

/// The most bytes, and pieces, of one blob.
const MOST: u64 = 1 << 20;
const MOST_PIECES: usize = 256;

/// The beginning of a blob, in the pieces it came in.
#[derive(Clone, Default)]
pub(crate) struct Beginning {
    /// Each with its place.
    pieces: Vec<(u64, Bytes)>,
    length: u64,
    /// Whether more came than is kept.
    is_part: bool,
}

impl Beginning {
    /// Keeps the next piece, unless there are too many.
    pub(crate) fn keep(&mut self, piece: &Bytes) {
        self.is_part |= self.length + piece.len() as u64 > MOST || self.pieces.len() == MOST_PIECES;
        if !self.is_part {
            self.pieces.push((self.length, piece.clone()));
            self.length += piece.len() as u64;
        }
    }

    /// How many bytes are kept, when they are all that came.
    pub(crate) fn whole(&self) -> Option<u64> {
        (!self.is_part).then_some(self.length)
    }

    /// What is kept from a place to the end of a piece.
    pub(crate) fn rest_of_piece(&self, at: u64) -> Option<Bytes> {
        if at >= self.length {
            return None;
        }
        let (begin, piece) = &self.pieces[self.pieces.partition_point(|(begin, _)| *begin <= at) - 1];
        Some(piece.slice((at - begin) as usize..))
    }

    fn read(&self, mut at: u64, length: usize) -> Option<Bytes> {
        let first = self.rest_of_piece(at).unwrap_or_default();
        if first.len() >= length {
            return Some(first.slice(..length));
        }
        let mut out = BytesMut::with_capacity(length);
        while out.len() < length {
            let mut piece = self.rest_of_piece(at)?;
            piece.truncate(length - out.len());
            at += piece.len() as u64;
            out.extend_from_slice(&piece);
        }
        Some(out.freeze())
    }
}

#[async_trait]
impl Blob for Beginning {
    fn size_bytes(&self) -> u64 {
        self.length
    }

    async fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.length && length <= MAX_READ);
        end.and_then(|_| self.read(offset, length)).ok_or(Error::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beginning(lengths: &[usize]) -> (Beginning, Vec<u8>) {
        let all: Vec<u8> = (0..lengths.iter().sum::<usize>()).map(|at| (at % 251) as u8).collect();
        let (mut beginning, mut at) = (Beginning::default(), 0);
        for length in lengths {
            beginning.keep(&Bytes::copy_from_slice(&all[at..at + length]));
            at += length;
        }
        (beginning, all)
    }

    #[tokio::test]
    async fn any_part_is_read_from_its_pieces() {
        let (beginning, all) = beginning(&[5, 1, 700, 300]);
        for (offset, length) in [(0, 0), (0, 5), (0, 6), (4, 2), (5, 1), (6, 700), (3, 900), (0, 1006), (1006, 0)] {
            let read = beginning.read_at(offset as u64, length).await.unwrap();
            assert_eq!(read, all[offset..offset + length], "{length} at {offset}");
        }
        assert!(matches!(beginning.read_at(1000, 7).await, Err(Error::OutOfRange)));
        assert!(matches!(beginning.read_at(u64::MAX, 1).await, Err(Error::OutOfRange)));
    }

    #[test]
    fn what_is_too_long_or_in_too_many_pieces_is_a_part() {
        assert_eq!(beginning(&[MOST as usize]).0.whole(), Some(MOST));
        assert_eq!(beginning(&[MOST as usize, 1]).0.whole(), None);
        assert_eq!(beginning(&[1; MOST_PIECES + 1]).0.whole(), None);
        let (mut part, _) = beginning(&[10, MOST as usize]);
        part.keep(&Bytes::from_static(b"later"));
        assert_eq!((part.whole(), part.rest_of_piece(10)), (None, None), "what follows a gap is not kept");
        assert_eq!(part.rest_of_piece(9).unwrap().len(), 1);
    }
}
