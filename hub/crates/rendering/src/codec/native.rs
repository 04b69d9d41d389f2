//! Uncompressed pixel data (PS3.5 8.1, 8.2 and annex D).

use super::{
    pixels,
    sample::{self, Cells},
    stored_colour,
};
use crate::{
    Error, Frame, Image, Samples,
    pixel::{Bits, ByteOrder, Number, Photometric, Planes},
};

const SHORT: Error = Error::Corrupt("fewer bytes than the attributes say");

pub(super) fn decode(image: &Image, bytes: &[u8], bit_offset: u8) -> Result<Frame, Error> {
    match image.number {
        Number::Integer(bits) if bits.allocated == 1 => single_bits(image, bytes, bit_offset, bits),
        Number::Integer(bits) => integers(image, bytes, bits),
        Number::Float => floats(image, bytes, 4),
        Number::Double => floats(image, bytes, 8),
    }
}

/// Pixels packed eight to a byte, the first in the lowest bit (PS3.5 8.1.1).
pub(super) fn single_bits(image: &Image, bytes: &[u8], bit_offset: u8, bits: Bits) -> Result<Frame, Error> {
    if image.channels != 1 {
        return Err(Error::Unsupported("colour of one bit"));
    }
    let (count, skip) = (pixels(image), usize::from(bit_offset & 7));
    // In big-endian words the bytes of a pair are swapped, and with them the first eight pixels and the second.
    let swap = usize::from(image.byte_order == ByteOrder::BigWords);
    let needed = (count + skip).div_ceil(8).next_multiple_of(1 + swap);
    let bytes = bytes.get(..needed).ok_or(SHORT)?;
    let cells = (skip..skip + count).map(|at| (bytes[(at / 8) ^ swap] >> (at % 8)) & 1).collect();
    sample::frame(image, Cells::Bytes(cells), Bits { allocated: 8, ..bits })
}

fn integers(image: &Image, bytes: &[u8], bits: Bits) -> Result<Frame, Error> {
    let width = bits.allocated as usize / 8;
    let count = pixels(image) * usize::from(image.channels);
    if let Some(frame) = subsampled(image, bytes, bits)? {
        return Ok(frame);
    }
    let swapped = width == 1 && image.byte_order == ByteOrder::BigWords;
    let needed = (count * width).next_multiple_of(if swapped { 2 } else { 1 });
    let bytes = bytes.get(..needed).ok_or(SHORT)?;
    let separate = image.planes == Planes::Separate && image.channels > 1;
    let channels = if separate { usize::from(image.channels) } else { 1 };
    let big = image.byte_order != ByteOrder::Little;
    let cells = match (width, big) {
        (1, _) => Cells::Bytes(in_order(in_bytes(bytes, swapped, count), channels)),
        (2, false) => Cells::Words(in_order(numbers(bytes, u16::from_le_bytes), channels)),
        (2, true) => Cells::Words(in_order(numbers(bytes, u16::from_be_bytes), channels)),
        (_, false) => Cells::Longs(in_order(numbers(bytes, u32::from_le_bytes), channels)),
        (_, true) => Cells::Longs(in_order(numbers(bytes, u32::from_be_bytes), channels)),
    };
    sample::frame(image, cells, bits)
}

fn in_bytes(bytes: &[u8], swapped: bool, count: usize) -> Vec<u8> {
    match swapped {
        true => (0..count).map(|at| bytes[at ^ 1]).collect(),
        false => bytes.to_vec(),
    }
}

fn in_order<T: Copy>(cells: Vec<T>, channels: usize) -> Vec<T> {
    if channels == 1 { cells } else { sample::interleaved(&cells, channels) }
}

fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|cell| number(*cell)).collect()
}

/// Two pixels as Y Y Cb Cr (PS3.3 C.7.6.3.1.2). `None` when the image is not so, or says so and is not: files
/// that carry three bytes a pixel are met under both names.
fn subsampled(image: &Image, bytes: &[u8], bits: Bits) -> Result<Option<Frame>, Error> {
    let count = pixels(image);
    match image.photometric {
        Photometric::YbrFull422 | Photometric::YbrPartial422 => {}
        Photometric::YbrPartial420 => return Err(Error::Unsupported("uncompressed YBR_PARTIAL_420")),
        _ => return Ok(None),
    }
    if bytes.len() >= count * 3 * bits.allocated as usize / 8 {
        return Ok(None);
    }
    if bits.allocated != 8 || !image.columns.is_multiple_of(2) || image.byte_order == ByteOrder::BigWords {
        return Err(Error::Unsupported("YBR 4:2:2 of this shape"));
    }
    let bytes = bytes.get(..count * 2).ok_or(SHORT)?;
    let pairs = bytes.as_chunks::<4>().0;
    let cells = pairs.iter().flat_map(|[first, second, blue, red]| [*first, *blue, *red, *second, *blue, *red]);
    sample::frame(image, Cells::Bytes(cells.collect()), bits).map(Some)
}

fn floats(image: &Image, bytes: &[u8], width: usize) -> Result<Frame, Error> {
    if image.channels != 1 {
        return Err(Error::Unsupported("floating-point colour"));
    }
    let bytes = bytes.get(..pixels(image) * width).ok_or(SHORT)?;
    let samples = match (width, image.byte_order) {
        (4, ByteOrder::Little) => Samples::F32(numbers(bytes, f32::from_le_bytes)),
        (4, _) => Samples::F32(numbers(bytes, f32::from_be_bytes)),
        (_, ByteOrder::Little) => Samples::F64(numbers(bytes, f64::from_le_bytes)),
        (_, _) => Samples::F64(numbers(bytes, f64::from_be_bytes)),
    };
    let colour = stored_colour(image);
    Ok(Frame { columns: image.columns, rows: image.rows, channels: 1, samples, bits: 32, colour })
}
