//! From a frame's bytes to samples: which codec, and the limits that hold for all of them.

mod cosine;
mod deflated;
mod entropy;
mod extended;
mod grid;
mod header;
mod jpeg;
mod jpeg2000;
mod jpegls;
mod jpegxl;
mod lossless;
mod native;
mod registry;
mod rle;
mod sample;

use crate::{
    Colour, Error, Frame, Image,
    pixel::{Number, Photometric},
};
use imaging_domain::transfer_syntax::PixelCoding;

/// Most bytes a decoded frame may take.
pub const MAX_DECODED: u64 = 512 << 20;

/// JPEG process 6 and 8 and their like, retired before 2000 and still on disks: 1.2.840.10008.1.2.4.51 to .66.
const RETIRED_JPEG: std::ops::RangeInclusive<u32> = 51..=66;

/// Smallest size worth decoding; a codec that can decode at a fraction may give a frame down to it.
pub(crate) type AtLeast = Option<(u32, u32)>;

/// The samples of a frame as they are stored: no colour conversion, no look-up table; bits outside of BitsStored
/// are gone and signs extended. `bytes` is the frame's value, fragments joined; `bit_offset` (0 to 7) is where in
/// the first byte a frame of BitsAllocated 1 begins.
///
/// # Errors
/// [`Error::Unsupported`] for codings without a decoder; [`Error::Corrupt`] when the bytes are too short, damaged
/// or of another size than the attributes say.
pub fn decode(image: &Image, bytes: &[u8], bit_offset: u8) -> Result<Frame, Error> {
    decode_at_least(image, bytes, bit_offset, None)
}

/// [`decode`] for a picture: the frame may be smaller than the image but not than `size`, and lossy JPEG may come
/// as RGB.
pub(crate) fn decode_at_least(image: &Image, bytes: &[u8], bit_offset: u8, size: AtLeast) -> Result<Frame, Error> {
    match image.syntax.coding {
        PixelCoding::Native => native::decode(image, bytes, bit_offset),
        PixelCoding::Rle => rle::decode(image, bytes),
        PixelCoding::Jpeg | PixelCoding::JpegLossless => jpeg::decode(image, bytes, size),
        PixelCoding::JpegLs => jpegls::decode(image, bytes),
        PixelCoding::Jpeg2000 | PixelCoding::Htj2k => jpeg2000::decode(image, bytes),
        PixelCoding::JpegXl => jpegxl::decode(image, bytes),
        PixelCoding::Video => Err(Error::Unsupported("moving pictures")),
        PixelCoding::DeflatedFrame => deflated::decode(image, bytes),
        PixelCoding::Unknown if is_retired_jpeg(&image.uid) => jpeg::decode(image, bytes, size),
        PixelCoding::Unknown => Err(Error::Unsupported("transfer syntax")),
    }
}

/// Whether frames of a transfer syntax are decoded here, unless they are damaged or of a rare kind.
pub fn decodes(transfer_syntax: &str) -> bool {
    match imaging_domain::transfer_syntax::of(transfer_syntax).coding {
        PixelCoding::Video => false,
        PixelCoding::Unknown => is_retired_jpeg(transfer_syntax),
        _ => true,
    }
}

fn is_retired_jpeg(uid: &str) -> bool {
    let number = uid.strip_prefix("1.2.840.10008.1.2.4.").and_then(|number| number.parse().ok());
    number.is_some_and(|number| RETIRED_JPEG.contains(&number))
}

/// Pixels of an image, known to be within the limit.
pub(crate) fn pixels(image: &Image) -> usize {
    image.columns as usize * image.rows as usize
}

/// Refuses an image whose decoded frame would be above [`MAX_DECODED`].
pub(crate) fn check_size(image: &Image) -> Result<(), Error> {
    let cell = match image.number {
        Number::Integer(bits) => u64::from(bits.allocated.div_ceil(8)),
        Number::Float => 4,
        Number::Double => 8,
    };
    let samples = u64::from(image.columns) * u64::from(image.rows) * u64::from(image.channels);
    match samples.checked_mul(cell) {
        Some(bytes) if bytes <= MAX_DECODED => Ok(()),
        _ => Err(Error::TooLarge),
    }
}

/// Refuses a stream that is of another size than the attributes say.
fn check_stream(image: &Image, columns: u64, rows: u64, channels: u64) -> Result<(), Error> {
    let said = (u64::from(image.columns), u64::from(image.rows), u64::from(image.channels));
    match said == (columns, rows, channels) {
        true => Ok(()),
        false => Err(Error::Corrupt("the compressed stream is of another size than the attributes say")),
    }
}

/// Colour of samples that come out of a codec as the photometric interpretation says.
fn stored_colour(image: &Image) -> Colour {
    match image.photometric {
        Photometric::Monochrome => Colour::Monochrome,
        Photometric::Palette => Colour::Palette,
        Photometric::Rgb | Photometric::YbrWavelet => Colour::Rgb,
        Photometric::YbrFull | Photometric::YbrFull422 => Colour::YbrFull,
        Photometric::YbrPartial422 | Photometric::YbrPartial420 => Colour::YbrPartial,
    }
}
