//! JPEG 2000 and HTJ2K (ISO/IEC 15444-1 and -15) by OpenJPEG.

use super::{
    check_stream,
    registry::SingleFrame,
    sample::{self, Cells},
};
use crate::{Error, Frame, Image, lookup::Inputs};

/// Start of codestream and the marker that must follow it.
const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
/// Deepest samples that fit the codec interface.
const MAX_PRECISION: u32 = 16;

/// The SIZ segment (15444-1 A.5.1).
struct Size {
    columns: u64,
    rows: u64,
    components: u64,
    precision: u32,
    inputs: Inputs,
}

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let bits = sample::bits(image)?;
    // Some writers wrap the codestream into a JP2 file, whose palettes and colour boxes DICOM knows nothing of.
    let start = bytes.windows(4).position(|window| window == START).ok_or(Error::Corrupt("no JPEG 2000 stream"))?;
    let bytes = &bytes[start..];
    let size = Size::read(bytes)?;
    check_stream(image, size.columns, size.rows, size.components)?;
    if size.precision > MAX_PRECISION {
        return Err(Error::Unsupported("JPEG 2000 of more than 16 bits"));
    }
    if size.precision > bits.allocated.max(8) {
        return Err(Error::Corrupt("JPEG 2000 stream is deeper than the attributes say"));
    }
    let width = if size.precision > 8 { 2 } else { 1 };
    let decoded = SingleFrame::new(image, width, bytes).decode()?;
    let cells = match width {
        1 => Cells::Bytes(decoded),
        _ => Cells::Words(decoded.as_chunks::<2>().0.iter().map(|cell| u16::from_le_bytes(*cell)).collect()),
    };
    // Stream and attributes may disagree about signs. A signed stream gives signed values whatever is claimed; an
    // unsigned stream of signed values carries their bit patterns at the stream's own depth.
    let signed = size.inputs == Inputs::Signed || bits.inputs == Inputs::Signed;
    let inputs = if signed { Inputs::Signed } else { Inputs::Unsigned };
    sample::frame(image, cells, sample::low_bits(bits, size.precision, inputs))
}

impl Size {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let cut = Error::Corrupt("JPEG 2000 header");
        let at = |from: usize, length: usize| {
            let field = bytes.get(from..from + length).ok_or(cut.clone())?;
            Ok::<_, Error>(field.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
        };
        let extent = |end, start| Ok::<_, Error>(at(end, 4)?.saturating_sub(at(start, 4)?));
        let components = at(40, 2)?;
        let depth = at(42, 1)?;
        if !(1..=4).contains(&components) {
            return Err(Error::Unsupported("JPEG 2000 of this many components"));
        }
        for component in 0..components as usize {
            if at(42 + 3 * component, 1)? != depth {
                return Err(Error::Unsupported("JPEG 2000 components of different depth"));
            }
            if at(43 + 3 * component, 2)? != 0x0101 {
                return Err(Error::Unsupported("subsampled JPEG 2000"));
            }
        }
        Ok(Self {
            columns: extent(8, 16)?,
            rows: extent(12, 20)?,
            components,
            precision: (depth as u32 & 0x7F) + 1,
            inputs: if depth & 0x80 == 0 { Inputs::Unsigned } else { Inputs::Signed },
        })
    }
}
