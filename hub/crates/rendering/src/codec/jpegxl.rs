//! JPEG XL (ISO/IEC 18181) by jxl-oxide.

use super::{
    MAX_DECODED, check_stream, pixels,
    sample::{self, Cells},
};
use crate::{Colour, Error, Frame, Image};
use jxl_oxide::{AllocTracker, JxlImage, JxlThreadPool};

/// Working memory of the decoder over the decoded size: it computes in 32-bit planes and keeps references.
const WORKING_FACTOR: u64 = 16;
/// Working memory that even the smallest stream may take.
const WORKING_FLOOR: u64 = 64 << 20;

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let wrong = |_| Error::Corrupt("JPEG XL stream");
    let bits = sample::bits(image)?;
    let samples = pixels(image) as u64 * u64::from(image.channels);
    let memory = (samples * WORKING_FACTOR).clamp(WORKING_FLOOR, MAX_DECODED * 4);
    let stream = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(memory as usize))
        .read(bytes)
        .map_err(wrong)?;
    let channels = if stream.pixel_format().is_grayscale() { 1 } else { 3 };
    check_stream(image, u64::from(stream.width()), u64::from(stream.height()), channels)?;
    let precision = stream.image_header().metadata.bit_depth.bits_per_sample();
    if !(1..=16).contains(&precision) || precision > bits.allocated.max(8) {
        return Err(Error::Unsupported("JPEG XL of this depth"));
    }
    let render = stream.render_frame(0).map_err(wrong)?;
    let mut rows = render.stream_no_alpha();
    if u64::from(rows.channels()) != channels {
        return Err(Error::Unsupported("JPEG XL channels"));
    }
    let mut values = vec![0f32; samples as usize];
    let count = rows.write_to_buffer(&mut values);
    values.truncate(count);
    // The decoder gives 0.0 to 1.0, and a little beyond where it loses; a stored value is that much of the depth.
    let top = ((1u32 << precision) - 1) as f32;
    let cells = values.into_iter().map(|value| (value.clamp(0.0, 1.0) * top + 0.5) as u16).collect();
    let frame = sample::frame(image, Cells::Words(cells), sample::low_bits(bits, precision, bits.inputs))?;
    let colour = if channels == 3 { Colour::Rgb } else { frame.colour };
    Ok(Frame { colour, ..frame })
}
