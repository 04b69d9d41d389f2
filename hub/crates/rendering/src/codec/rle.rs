//! RLE (PS3.5 annex G): byte planes, highest byte of a sample first, each packed by PackBits.

use super::{
    native, pixels,
    sample::{self, Cells},
};
use crate::{Error, Frame, Image};

/// Length of the header: the number of segments and 15 offsets.
const HEADER: usize = 64;
/// Most segments a header has room for.
const MAX_SEGMENTS: usize = 15;
/// PackBits makes at most 128 bytes of 2.
const MAX_GROWTH: usize = 64;

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let bits = sample::bits(image)?;
    if bits.allocated == 1 {
        let plane = plane(bytes, 0, 1, pixels(image).div_ceil(8))?;
        return native::single_bits(image, &plane, 0, bits);
    }
    let width = bits.allocated as usize / 8;
    let channels = usize::from(image.channels);
    let count = pixels(image);
    let planes = width * channels;
    let mut cells = vec![0u8; count * planes];
    for number in 0..planes {
        // Segments go by channel and then from the highest byte down; cells are little endian.
        let place = (number / width) * width + (width - 1 - number % width);
        let plane = plane(bytes, number, planes, count)?;
        cells.iter_mut().skip(place).step_by(planes).zip(plane).for_each(|(cell, byte)| *cell = byte);
    }
    let cells = match width {
        1 => Cells::Bytes(cells),
        2 => Cells::Words(cells.as_chunks::<2>().0.iter().map(|cell| u16::from_le_bytes(*cell)).collect()),
        _ => Cells::Longs(cells.as_chunks::<4>().0.iter().map(|cell| u32::from_le_bytes(*cell)).collect()),
    };
    sample::frame(image, cells, bits)
}

/// One segment unpacked to exactly `length` bytes.
fn plane(bytes: &[u8], number: usize, expected: usize, length: usize) -> Result<Vec<u8>, Error> {
    let wrong = Error::Corrupt("RLE header");
    let header = bytes.get(..HEADER).ok_or(wrong.clone())?;
    let field = |at: usize| {
        let cell = &header[at * 4..at * 4 + 4];
        u32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]) as usize
    };
    let segments = field(0);
    if segments != expected || segments > MAX_SEGMENTS {
        return Err(Error::Corrupt("RLE segments do not fit the attributes"));
    }
    let from = field(number + 1);
    let to = if number + 1 < segments { field(number + 2) } else { bytes.len() };
    let packed = bytes.get(from..to).filter(|_| from >= HEADER).ok_or(wrong)?;
    unpack(packed, length)
}

/// PackBits (PS3.5 G.3.2); bytes after the expected length are padding.
fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, Error> {
    let short = Error::Corrupt("RLE segment cut off");
    if packed.len().saturating_mul(MAX_GROWTH) < length {
        return Err(short);
    }
    let mut plane = Vec::with_capacity(length + 128);
    let mut at = 0;
    while plane.len() < length {
        let control = *packed.get(at).ok_or(short.clone())?;
        match control {
            0..=127 => {
                let count = usize::from(control) + 1;
                plane.extend_from_slice(packed.get(at + 1..at + 1 + count).ok_or(short.clone())?);
                at += 1 + count;
            }
            128 => at += 1,
            129.. => {
                let byte = *packed.get(at + 1).ok_or(short.clone())?;
                plane.resize(plane.len() + 257 - usize::from(control), byte);
                at += 2;
            }
        }
    }
    plane.truncate(length);
    Ok(plane)
}
