//! Finished pixels to a file.

use crate::{Error, Format, bitmap::Bitmap, gif};
use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

/// The name that begins an APP2 segment of a profile (ISO 15076-1 B.4).
const PROFILE: &[u8] = b"ICC_PROFILE\0";
/// Most bytes of a profile in one segment: its length, the name and two numbers take the rest of 65535.
const SEGMENT: usize = 65_519;

/// File bytes; a profile is embedded where the format has a place for one.
pub(crate) fn encode(bitmap: &Bitmap, format: Format, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    match format {
        Format::Jpeg(quality) => {
            let file = jpeg(bitmap, quality)?;
            Ok(match profile {
                Some(profile) => with_profile(&file, &profile),
                None => file,
            })
        }
        Format::Png => png(bitmap, profile),
        Format::Gif => gif::still(bitmap),
        Format::Pixels => Ok(pixels(bitmap)),
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

/// A JPEG with a profile in APP2 segments, after SOI and the JFIF segment that must come first (ISO/IEC 10918-5).
fn with_profile(file: &[u8], profile: &[u8]) -> Vec<u8> {
    let jfif = match file {
        [0xFF, 0xD8, 0xFF, 0xE0, high, low, ..] => 2 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let (head, rest) = file.split_at((2 + jfif).min(file.len()));
    let mut out = head.to_vec();
    let count = profile.len().div_ceil(SEGMENT);
    // one byte numbers the segments: what does not fit is longer than any profile that is read
    for (n, part) in profile.chunks(SEGMENT).enumerate().take(255) {
        let length = (part.len() + PROFILE.len() + 4) as u16;
        out.extend([0xFF, 0xE2]);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(PROFILE);
        out.extend([n as u8 + 1, count as u8]);
        out.extend_from_slice(part);
    }
    out.extend_from_slice(rest);
    out
}

fn png(bitmap: &Bitmap, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let kind = if bitmap.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(|_| Error::Unsupported("icc profile in a PNG"))?;
    }
    encoder.write_image(&bitmap.pixels, bitmap.width, bitmap.height, kind).map_err(|_| Error::TooLarge)?;
    Ok(bytes)
}

fn pixels(bitmap: &Bitmap) -> Vec<u8> {
    let kind = if bitmap.channels == 1 { 5 } else { 6 };
    let mut out = format!("P{kind}\n{} {}\n255\n", bitmap.width, bitmap.height).into_bytes();
    out.extend_from_slice(&bitmap.pixels);
    out
}
