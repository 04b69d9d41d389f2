//! Pixels into a data set, in the coding of its transfer syntax.

use super::{
    attributes::Attributes,
    file::Syntax,
    image::{Image, Pixel},
    rle,
};
use anyhow::{Context, Result};
use dicom_core::{
    DataElement, PrimitiveValue, VR,
    value::{PixelFragmentSequence, Value},
};
use dicom_dictionary_std::tags;
use turbojpeg::{PixelFormat, Subsamp};

/// Of JPEG, from 1 to 100.
const QUALITY: i32 = 90;

/// Adds the Image Pixel module (PS3.3 C.7.6.3) and the pixels.
///
/// # Errors
/// When a codec refuses the pixels, as JPEG does those of 16 bits.
pub(super) fn put(attributes: Attributes, image: &Image, syntax: Syntax) -> Result<Attributes> {
    let mut attributes = described(attributes, image, syntax);
    let vr = if image.pixel.bits().0 == 16 { VR::OW } else { VR::OB };
    let value = match syntax {
        Syntax::ImplicitLittle | Syntax::ExplicitLittle | Syntax::Deflated => native(image.frames.concat()),
        Syntax::ExplicitBig => {
            let mut bytes = image.frames.concat();
            if vr == VR::OW {
                bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
            }
            native(bytes)
        }
        Syntax::Rle => encapsulated(image, |frame| Ok(rle::frame(frame, bytes_per_pixel(image))))?,
        Syntax::Jpeg => encapsulated(image, |frame| jpeg(image, frame))?,
        Syntax::JpegLs => encapsulated(image, |frame| jpeg_ls(image, frame))?,
    };
    let vr = if matches!(value, Value::PixelSequence(_)) { VR::OB } else { vr };
    attributes.object.put(DataElement::new(tags::PIXEL_DATA, vr, value));
    Ok(attributes)
}

/// The value of a data set's pixel data.
type PixelData = Value<dicom_object::InMemDicomObject>;

fn described(attributes: Attributes, image: &Image, syntax: Syntax) -> Attributes {
    let (allocated, stored) = image.pixel.bits();
    let lossy_colour = syntax == Syntax::Jpeg && image.pixel == Pixel::Rgb;
    let photometric = if lossy_colour { "YBR_FULL_422" } else { image.pixel.photometric() };
    let mut attributes = attributes
        .words(tags::SAMPLES_PER_PIXEL, &[image.pixel.samples()])
        .text(tags::PHOTOMETRIC_INTERPRETATION, photometric)
        .words(tags::ROWS, &[image.rows as u16])
        .words(tags::COLUMNS, &[image.columns as u16])
        .words(tags::BITS_ALLOCATED, &[allocated])
        .words(tags::BITS_STORED, &[stored])
        .words(tags::HIGH_BIT, &[stored - 1])
        .words(tags::PIXEL_REPRESENTATION, &[u16::from(image.pixel == Pixel::Signed)]);
    if image.pixel == Pixel::Rgb {
        attributes = attributes.words(tags::PLANAR_CONFIGURATION, &[0]);
    }
    if image.frames.len() > 1 {
        attributes = attributes.integer(tags::NUMBER_OF_FRAMES, image.frames.len());
    }
    if syntax == Syntax::Jpeg {
        attributes = attributes.texts(&[
            (tags::LOSSY_IMAGE_COMPRESSION, "01"),
            (tags::LOSSY_IMAGE_COMPRESSION_RATIO, "10"),
            (tags::LOSSY_IMAGE_COMPRESSION_METHOD, "ISO_10918_1"),
        ]);
    }
    attributes
}

fn bytes_per_pixel(image: &Image) -> usize {
    usize::from(image.pixel.bits().0 / 8 * image.pixel.samples())
}

fn native(mut bytes: Vec<u8>) -> PixelData {
    if bytes.len() % 2 == 1 {
        bytes.push(0);
    }
    Value::Primitive(PrimitiveValue::U8(bytes.into()))
}

/// One fragment a frame, with a basic offset table (PS3.5 A.4).
fn encapsulated(image: &Image, mut encode: impl FnMut(&[u8]) -> Result<Vec<u8>>) -> Result<PixelData> {
    let (mut offsets, mut fragments, mut offset) = (vec![], vec![], 0);
    for frame in &image.frames {
        let mut fragment = encode(frame)?;
        if fragment.len() % 2 == 1 {
            fragment.push(0);
        }
        offsets.push(offset);
        offset += 8 + fragment.len() as u32;
        fragments.push(fragment);
    }
    Ok(Value::PixelSequence(PixelFragmentSequence::new(offsets, fragments)))
}

fn jpeg(image: &Image, frame: &[u8]) -> Result<Vec<u8>> {
    let (format, subsampling) = match image.pixel {
        Pixel::Rgb => (PixelFormat::RGB, Subsamp::Sub2x1),
        _ => (PixelFormat::GRAY, Subsamp::Gray),
    };
    let pitch = image.columns * format.size();
    let picture = turbojpeg::Image { pixels: frame, width: image.columns, pitch, height: image.rows, format };
    let encoded = turbojpeg::compress(picture, QUALITY, subsampling).context("pixels cannot be written as JPEG")?;
    Ok(encoded.to_vec())
}

fn jpeg_ls(image: &Image, frame: &[u8]) -> Result<Vec<u8>> {
    let info = charls::FrameInfo {
        width: image.columns as u32,
        height: image.rows as u32,
        bits_per_sample: i32::from(image.pixel.bits().1),
        component_count: i32::from(image.pixel.samples()),
    };
    charls::CharLS::default().encode(info, 0, frame).context("pixels cannot be written as JPEG-LS")
}
