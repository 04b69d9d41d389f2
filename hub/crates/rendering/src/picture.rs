//! The whole way from bytes to a file.

use crate::{
    Colour, Error, Frame, Image, Samples, Settings, codec, colour,
    encode::{Bitmap, encode},
    grey, resize,
};

/// Most pixels of a picture.
pub const MAX_PICTURE: u64 = 256 << 20;
/// Longest side a JPEG can have.
const MAX_SIDE: u32 = 65_500;

/// Makes a picture of one frame; blocks for as long as that takes. `bytes` and `bit_offset` are those of
/// [`decode`](crate::decode). A window is applied to monochrome images only; one with a width its function does not
/// allow is ignored. A fit larger than the image enlarges it: who does not want that calls
/// [`Settings::without_enlarging`].
///
/// # Errors
/// Those of [`decode`](crate::decode), and [`Error::TooLarge`] for a picture of more than [`MAX_PICTURE`] pixels.
pub fn picture(image: &Image, bytes: &[u8], bit_offset: u8, settings: &Settings) -> Result<Vec<u8>, Error> {
    let size = resize::target(image, settings.fit);
    if u64::from(size.0) * u64::from(size.1) > MAX_PICTURE || size.0.max(size.1) > MAX_SIDE {
        return Err(Error::TooLarge);
    }
    let frame = codec::decode_at_least(image, bytes, bit_offset, Some(size))?;
    let (channels, pixels) = match frame.colour {
        Colour::Monochrome => (1, grey::grey(image, frame, settings.window.as_ref(), size)?),
        _ => (3, coloured(image, frame, size)?),
    };
    encode(&Bitmap { width: size.0, height: size.1, channels, pixels }, settings.format)
}

fn coloured(image: &Image, frame: Frame, size: (u32, u32)) -> Result<Vec<u8>, Error> {
    let from = (frame.columns, frame.rows);
    let pixels = match (&image.palette, frame.colour) {
        (Some(palette), Colour::Palette) => palette.coloured(&frame.samples),
        (None, Colour::Palette) => return Err(Error::Corrupt("palette missing")),
        (_, Colour::Rgb) => match frame {
            Frame { samples: Samples::U8(pixels), bits: 8, .. } => pixels,
            frame => colour::rgb(frame)?,
        },
        _ => colour::rgb(frame)?,
    };
    resize::resized(pixels, 3, from, size)
}
