//! JPEG 2000 and HTJ2K (ISO/IEC 15444-1 and -15) by OpenJPEG.

use super::{
    check_stream,
    sample::{self, Cells},
};
use crate::{Error, Frame, Image, lookup::Inputs};

/// Start of codestream and the marker that must follow it.
const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
/// Deepest samples that OpenJPEG gives back as they were: its 32-bit coefficients keep six bits for fractions.
const MAX_PRECISION: u32 = 25;

/// The SIZ segment (15444-1 A.5.1).
struct Size {
    columns: u64,
    rows: u64,
    components: u64,
    precision: u32,
    inputs: Inputs,
    /// Columns and rows of the image to one of each component.
    steps: Vec<(u32, u32)>,
}

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let bits = sample::bits(image)?;
    // Some writers wrap the codestream into a JP2 file, whose palettes and colour boxes DICOM knows nothing of.
    let start = bytes.windows(4).position(|window| window == START).ok_or(Error::Corrupt("no JPEG 2000 stream"))?;
    let bytes = &bytes[start..];
    let size = Size::read(bytes)?;
    check_stream(image, size.columns, size.rows, size.components)?;
    if size.precision > MAX_PRECISION {
        return Err(Error::Unsupported("JPEG 2000 of more than 25 bits"));
    }
    if size.precision > bits.allocated.max(8) {
        return Err(Error::Corrupt("JPEG 2000 stream is deeper than the attributes say"));
    }
    let damaged = |_| Error::Corrupt("compressed stream");
    let decoded = jpeg2k::Image::from_bytes(bytes).map_err(damaged)?;
    let components = decoded.components();
    if components.len() != size.steps.len() {
        return Err(Error::Corrupt("JPEG 2000 components"));
    }
    // The bit patterns: what is a sign is seen to below.
    let cells = match size.precision {
        ..=8 => Cells::Bytes(interleaved(image, components, &size, |value| value as u8)?),
        9..=16 => Cells::Words(interleaved(image, components, &size, |value| value as u16)?),
        _ => Cells::Longs(interleaved(image, components, &size, |value| value as u32)?),
    };
    // Stream and attributes may disagree about signs. A signed stream gives signed values whatever is claimed; an
    // unsigned stream of signed values carries their bit patterns at the stream's own depth.
    let signed = size.inputs == Inputs::Signed || bits.inputs == Inputs::Signed;
    let inputs = if signed { Inputs::Signed } else { Inputs::Unsigned };
    sample::frame(image, cells, sample::low_bits(bits, size.precision, inputs))
}

/// Samples of all components side by side; those of a coarser one are repeated.
fn interleaved<T: Copy + Default>(
    image: &Image,
    components: &[jpeg2k::ImageComponent],
    size: &Size,
    cell: impl Fn(i32) -> T,
) -> Result<Vec<T>, Error> {
    let (columns, channels) = (image.columns as usize, components.len());
    let mut cells = vec![T::default(); super::pixels(image) * channels];
    for (channel, (component, step)) in components.iter().zip(&size.steps).enumerate() {
        let (across, down) = (step.0 as usize, step.1 as usize);
        let wide = columns.div_ceil(across);
        let high = (image.rows as usize).div_ceil(down);
        if (component.width() as usize, component.height() as usize) != (wide, high) {
            return Err(Error::Corrupt("JPEG 2000 component of another size"));
        }
        let data = component.data();
        for (row, pixels) in cells.chunks_exact_mut(columns * channels).enumerate() {
            let line = &data[row / down * wide..][..wide];
            let targets = pixels.iter_mut().skip(channel).step_by(channels);
            match across {
                1 => targets.zip(line).for_each(|(target, value)| *target = cell(*value)),
                _ => targets.enumerate().for_each(|(column, target)| *target = cell(line[column / across])),
            }
        }
    }
    Ok(cells)
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
        let mut steps = vec![];
        for component in 0..components as usize {
            if at(42 + 3 * component, 1)? != depth {
                return Err(Error::Unsupported("JPEG 2000 components of different depth"));
            }
            let step = (at(43 + 3 * component, 1)? as u32, at(44 + 3 * component, 1)? as u32);
            if step.0 == 0 || step.1 == 0 {
                return Err(cut);
            }
            steps.push(step);
        }
        if steps.iter().any(|step| *step != (1, 1)) && (at(16, 4)?, at(20, 4)?) != (0, 0) {
            return Err(Error::Unsupported("subsampled JPEG 2000 that does not begin at the origin"));
        }
        Ok(Self {
            columns: extent(8, 16)?,
            rows: extent(12, 20)?,
            components,
            precision: (depth as u32 & 0x7F) + 1,
            inputs: if depth & 0x80 == 0 { Inputs::Unsigned } else { Inputs::Signed },
            steps,
        })
    }
}
