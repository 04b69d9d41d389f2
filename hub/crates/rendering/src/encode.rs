//! Finished pixels to a file.

use crate::{Error, Format};
use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

/// 8-bit pixels, ready to write.
pub(crate) struct Bitmap {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// 1 (grey) or 3 (RGB).
    pub(crate) channels: usize,
    pub(crate) pixels: Vec<u8>,
}

/// JPEG or PNG bytes.
pub(crate) fn encode(bitmap: &Bitmap, format: Format) -> Result<Vec<u8>, Error> {
    match format {
        Format::Jpeg(quality) => jpeg(bitmap, quality),
        Format::Png => png(bitmap),
    }
}

fn jpeg(bitmap: &Bitmap, quality: u8) -> Result<Vec<u8>, Error> {
    let (format, subsamp) = match bitmap.channels {
        1 => (turbojpeg::PixelFormat::GRAY, turbojpeg::Subsamp::Gray),
        _ => (turbojpeg::PixelFormat::RGB, turbojpeg::Subsamp::Sub2x2),
    };
    let image = turbojpeg::Image {
        pixels: &bitmap.pixels[..],
        width: bitmap.width as usize,
        pitch: bitmap.width as usize * bitmap.channels,
        height: bitmap.height as usize,
        format,
    };
    turbojpeg::compress(image, i32::from(quality.clamp(1, 100)), subsamp)
        .map(|bytes| bytes.to_vec())
        .map_err(|_| Error::TooLarge)
}

fn png(bitmap: &Bitmap) -> Result<Vec<u8>, Error> {
    let kind = if bitmap.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&bitmap.pixels, bitmap.width, bitmap.height, kind)
        .map_err(|_| Error::TooLarge)?;
    Ok(bytes)
}
