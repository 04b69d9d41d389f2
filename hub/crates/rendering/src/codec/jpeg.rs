//! JPEG (ITU-T T.81): which process a stream is of, 8 bits by libjpeg-turbo, 12 bits and lossless by our own
//! decoders.

use super::{
    AtLeast, check_stream, extended,
    header::Header,
    lossless, pixels,
    sample::{self, Cells},
    stored_colour,
};
use crate::{Colour, Error, Frame, Image, Samples, pixel::Photometric};

/// Shortest code of an 8x8 block is one bit (progressive, nothing but DC), so a byte makes at most this many pixels,
/// with a factor of two to spare.
const MAX_GROWTH: usize = 1024;
/// Arithmetic coding needs far less than a bit for what it expects.
const MAX_GROWTH_ARITHMETIC: usize = 64 * MAX_GROWTH;
/// Scans of a progressive frame: encoders write some ten, and each costs as much as the whole frame.
const MAX_SCANS: u32 = 500;

pub(super) fn decode(image: &Image, bytes: &[u8], size: AtLeast) -> Result<Frame, Error> {
    let header = Header::read(bytes)?;
    check_stream(image, header.columns, header.rows, header.components.len() as u64)?;
    let growth = if is_arithmetic(&header) { MAX_GROWTH_ARITHMETIC } else { MAX_GROWTH };
    if bytes.len().saturating_mul(growth) < pixels(image) {
        return Err(Error::Corrupt("JPEG stream too short for its size"));
    }
    match (header.process, header.precision) {
        (0xC0..=0xC2 | 0xC9 | 0xCA, 8) => lossy(image, &header, bytes, size),
        (0xC0..=0xC2, _) => {
            let frame = words(image, &header, extended::decode(&header, bytes)?)?;
            Ok(Frame { colour: colour(image, &header), ..frame })
        }
        (0xC3, 2..=16) => words(image, &header, lossless::decode(&header, bytes)?),
        (0xC9..=0xCF, _) => Err(Error::Unsupported("arithmetic coding in JPEG of this depth")),
        _ => Err(Error::Unsupported("JPEG process")),
    }
}

fn lossy(image: &Image, header: &Header, bytes: &[u8], size: AtLeast) -> Result<Frame, Error> {
    let colour = colour(image, header);
    // Whoever asks for a size makes a picture and wants RGB; whoever does not wants the components as they are.
    let wanted = if image.channels == 3 && size.is_some() { Colour::Rgb } else { colour };
    let relabelled = match (image.channels, wanted == colour) {
        (3, true) => Some(Header::as_rgb(bytes)?),
        (3, false) if colour != usual_colour(header) => return Err(Error::Unsupported("JPEG colour markers")),
        _ => None,
    };
    if let Some(frame) = turbo(image, relabelled.as_deref().unwrap_or(bytes), size) {
        return Ok(Frame { colour: wanted, ..frame });
    }
    if is_arithmetic(header) {
        return Err(Error::Corrupt("JPEG stream"));
    }
    let bits = sample::bits(image)?;
    let cells = Cells::Bytes(plain(image, bytes)?);
    let frame = sample::frame(image, cells, sample::lossy_bits(bits, 8))?;
    Ok(Frame { colour, ..frame })
}

/// Sequential or progressive with arithmetic coding (T.81 annex D), which libjpeg-turbo alone knows.
fn is_arithmetic(header: &Header) -> bool {
    matches!(header.process, 0xC9 | 0xCA)
}

/// What three components are. The first that says so: JFIF and Adobe markers, component names, subsampling (which
/// RGB never has), and at last the photometric interpretation, which is often wrong beside a marker.
fn colour(image: &Image, header: &Header) -> Colour {
    let told = header.is_jfif || header.adobe.is_some() || ids(header) == [b'R', b'G', b'B'] || header.is_subsampled();
    match image.channels {
        3 if told => usual_colour(header),
        3 if image.photometric == Photometric::Rgb => Colour::Rgb,
        3 => Colour::YbrFull,
        _ => stored_colour(image),
    }
}

/// What the JPEG library takes three components for.
fn usual_colour(header: &Header) -> Colour {
    match header.adobe {
        _ if header.is_jfif => Colour::YbrFull,
        Some(0) => Colour::Rgb,
        Some(_) => Colour::YbrFull,
        None if ids(header) == [b'R', b'G', b'B'] => Colour::Rgb,
        None => Colour::YbrFull,
    }
}

fn ids(header: &Header) -> Vec<u8> {
    header.components.iter().map(|part| part.id).collect()
}

/// libjpeg-turbo, at a half, quarter or eighth when that is enough; colour comes as what the stream's markers make
/// RGB. `None` when it finds fault with the stream, which it also does where nothing is lost.
fn turbo(image: &Image, bytes: &[u8], size: AtLeast) -> Option<Frame> {
    let scale = scale(image, size);
    let (columns, rows) = (scale.scale(image.columns as usize), scale.scale(image.rows as usize));
    let channels = usize::from(image.channels);
    let format = if channels == 1 { turbojpeg::PixelFormat::GRAY } else { turbojpeg::PixelFormat::RGB };
    let mut decoder = turbojpeg::Decompressor::new().ok()?;
    decoder.set_scaling_factor(scale).ok()?;
    decoder.set_scan_limit(MAX_SCANS).ok()?;
    let mut pixels = vec![0; columns * rows * channels];
    let target =
        turbojpeg::Image { pixels: &mut pixels[..], width: columns, pitch: columns * channels, height: rows, format };
    decoder.decompress(bytes, target).ok()?;
    let colour = stored_colour(image);
    let (columns, rows) = (columns as u32, rows as u32);
    let frame = Frame { columns, rows, channels: image.channels, samples: Samples::U8(pixels), bits: 8, colour };
    with_depth(image, frame)
}

/// The same samples in cells as wide as the attributes say.
fn with_depth(image: &Image, frame: Frame) -> Option<Frame> {
    let bits = sample::bits(image).ok()?;
    let Samples::U8(cells) = frame.samples else { return None };
    let low = sample::lossy_bits(bits, 8);
    Some(Frame { samples: sample::typed(Cells::Bytes(cells), low), bits: low.stored as u8, ..frame })
}

fn scale(image: &Image, size: AtLeast) -> turbojpeg::ScalingFactor {
    let whole = turbojpeg::ScalingFactor::ONE;
    let Some((columns, rows)) = size.filter(|_| image.photometric != Photometric::Palette) else { return whole };
    let enough = |factor: &turbojpeg::ScalingFactor| {
        factor.scale(image.columns as usize) >= columns as usize && factor.scale(image.rows as usize) >= rows as usize
    };
    [turbojpeg::ScalingFactor::ONE_EIGHTH, turbojpeg::ScalingFactor::ONE_QUARTER, turbojpeg::ScalingFactor::ONE_HALF]
        .into_iter()
        .find(enough)
        .unwrap_or(whole)
}

/// jpeg-decoder without colour conversion: what it calls RGB it only interleaves, while its "none" does not.
fn plain(image: &Image, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.set_color_transform(match image.channels {
        1 => jpeg_decoder::ColorTransform::Grayscale,
        _ => jpeg_decoder::ColorTransform::RGB,
    });
    decoder.decode().map_err(|_| Error::Corrupt("JPEG stream"))
}

/// Samples of our own decoders. Colours of lossless JPEG are as the attributes say: it knows no conversion.
fn words(image: &Image, header: &Header, words: Vec<u16>) -> Result<Frame, Error> {
    let bits = sample::bits(image)?;
    let bits = match header.process {
        0xC3 => sample::low_bits(bits, bits.stored.min(header.precision), bits.inputs),
        _ => sample::lossy_bits(bits, header.precision),
    };
    sample::frame(image, Cells::Words(words), bits)
}
