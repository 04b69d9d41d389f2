//! Raw cells to typed samples.

use super::stored_colour;
use crate::{
    Error, Frame, Image, Samples,
    lookup::Inputs,
    pixel::{Bits, Number},
};

/// Bit patterns as a codec gives them.
pub(super) enum Cells {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
    Longs(Vec<u32>),
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(cells) => cells.len(),
            Self::Words(cells) => cells.len(),
            Self::Longs(cells) => cells.len(),
        }
    }
}

/// Bits of an image's integer samples; floats come in no compressed form.
pub(super) fn bits(image: &Image) -> Result<Bits, Error> {
    match image.number {
        Number::Integer(bits) => Ok(bits),
        Number::Float | Number::Double => Err(Error::Unsupported("compressed floating-point pixel data")),
    }
}

/// The frame of cells that hold values of `bits`; more cells than the image has are dropped, fewer are wrong.
pub(super) fn frame(image: &Image, mut cells: Cells, bits: Bits) -> Result<Frame, Error> {
    let expected = super::pixels(image) * usize::from(image.channels);
    if cells.len() < expected {
        return Err(Error::Corrupt("fewer samples than the attributes say"));
    }
    match &mut cells {
        Cells::Bytes(cells) => cells.truncate(expected),
        Cells::Words(cells) => cells.truncate(expected),
        Cells::Longs(cells) => cells.truncate(expected),
    }
    Ok(Frame {
        columns: image.columns,
        rows: image.rows,
        channels: image.channels,
        samples: typed(cells, bits),
        bits: bits.stored as u8,
        colour: stored_colour(image),
    })
}

/// Cells of the allocated width, moved down to bit 0, with what lies beside the stored bits removed (overlays of
/// old equipment, PS3.5 8.1.1) and signs extended.
pub(super) fn typed(cells: Cells, bits: Bits) -> Samples {
    let up = 31 - bits.high;
    let down = 32 - bits.stored;
    let unsigned = |cell: u32| (cell << up) >> down;
    let signed = |cell: u32| ((cell << up) as i32) >> down;
    let whole = bits.stored == bits.allocated.max(8);
    match (cells, bits.allocated, bits.inputs) {
        (Cells::Bytes(cells), ..=8, Inputs::Unsigned) if whole => Samples::U8(cells),
        (Cells::Words(cells), 16, Inputs::Unsigned) if whole => Samples::U16(cells),
        (Cells::Words(cells), 16, Inputs::Signed) if whole => {
            Samples::I16(cells.into_iter().map(|cell| cell as i16).collect())
        }
        (cells, ..=8, Inputs::Unsigned) => Samples::U8(map(cells, |cell| unsigned(cell) as u8)),
        (cells, ..=8, Inputs::Signed) => Samples::I8(map(cells, |cell| signed(cell) as i8)),
        (cells, 16, Inputs::Unsigned) => Samples::U16(map(cells, |cell| unsigned(cell) as u16)),
        (cells, 16, Inputs::Signed) => Samples::I16(map(cells, |cell| signed(cell) as i16)),
        (cells, _, Inputs::Unsigned) => Samples::U32(map(cells, unsigned)),
        (cells, _, Inputs::Signed) => Samples::I32(map(cells, signed)),
    }
}

fn map<T>(cells: Cells, value: impl Fn(u32) -> T) -> Vec<T> {
    match cells {
        Cells::Bytes(cells) => cells.into_iter().map(|cell| value(u32::from(cell))).collect(),
        Cells::Words(cells) => cells.into_iter().map(|cell| value(u32::from(cell))).collect(),
        Cells::Longs(cells) => cells.into_iter().map(value).collect(),
    }
}

/// Values of `stored` bits at the bottom of cells as wide as the image's, for codecs that know no high bit.
pub(super) fn low_bits(image: Bits, stored: u32, inputs: Inputs) -> Bits {
    let allocated = image.allocated.max(if stored > 16 {
        32
    } else if stored > 8 {
        16
    } else {
        8
    });
    Bits { allocated, stored, high: stored - 1, inputs }
}

/// The same for a codec that loses: its values may stand a little above the stored bits and are not to wrap around.
pub(super) fn lossy_bits(image: Bits, precision: u32) -> Bits {
    match image.inputs {
        Inputs::Unsigned => low_bits(image, precision, Inputs::Unsigned),
        Inputs::Signed => low_bits(image, image.stored.min(precision), Inputs::Signed),
    }
}

/// Planes one after the other to samples side by side.
pub(super) fn interleaved<T: Copy>(planes: &[T], channels: usize) -> Vec<T> {
    let length = planes.len() / channels;
    (0..length * channels).map(|at| planes[(at % channels) * length + at / channels]).collect()
}
