//! Samples for whoever shows them itself: one frame decoded to native pixel data, or coded again without loss.

use crate::{
    Colour, Error, Frame, Image, Renderer, Samples, colour,
    given_up::{Asked, Kind},
    job,
    pixel::{Bits, Number},
    renderer::{Caged, is_read_here},
};
use bytes::Bytes;
use charls::{CharLS, FrameInfo, InterleaveMode};
use serde::{Deserialize, Serialize};

/// What has to be said of samples in the Image Pixel module (PS3.3 C.7.6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Columns and rows.
    pub size: (u32, u32),
    /// SamplesPerPixel; of more than one PlanarConfiguration is 0.
    pub samples_per_pixel: u8,
    /// PhotometricInterpretation where it is another than the attributes say.
    pub photometric: Option<Converted>,
    /// BitsAllocated: 1, 8, 16 or 32.
    pub bits_allocated: u8,
    /// BitsStored; HighBit is one less.
    pub bits_stored: u8,
    /// PixelRepresentation: 0 or 1.
    pub representation: u8,
}

impl Shape {
    /// Bytes of native samples.
    pub(crate) fn length(&self) -> usize {
        let bytes = usize::from(self.bits_allocated.div_ceil(8));
        self.size.0 as usize * self.size.1 as usize * usize::from(self.samples_per_pixel) * bytes
    }
}

/// PhotometricInterpretation of what decoders make of colours (PS3.3 C.7.6.3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Converted {
    /// RGB.
    Rgb,
    /// YBR_FULL.
    YbrFull,
}

impl Converted {
    /// The defined term.
    pub fn term(self) -> &'static str {
        match self {
            Self::Rgb => "RGB",
            Self::YbrFull => "YBR_FULL",
        }
    }
}

/// One frame.
#[derive(Clone, PartialEq)]
pub struct Plain {
    /// What it is.
    pub shape: Shape,
    /// Native: `rows` x `columns` x `samples_per_pixel` values, little endian, side by side by pixel; of BitsAllocated 1
    /// one byte for each, for [`BitPacker`]. JPEG-LS: the coded image.
    pub bytes: Bytes,
}

/// In what form samples are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Coding {
    /// Native pixel data (PS3.5 8.1).
    Native,
    /// JPEG-LS without loss (PS3.5 A.4.3, 1.2.840.10008.1.2.4.80).
    JpegLs,
}

async fn caged_samples(
    caged: &Caged,
    image: Image,
    bytes: Bytes,
    bit_offset: u8,
    coding: Coding,
) -> Result<Plain, Error> {
    let told = format!("{image:?} in {}", image.uid);
    let asked = Asked::new(Kind::Samples(coding), &image, &bytes, bit_offset);
    let job = job::of_samples(image, bytes, bit_offset, coding)?;
    let made = caged.run(asked, job, |answer| job::samples_of(answer, coding)).await;
    if let Err(Error::GivenUp(error)) = &made {
        tracing::warn!(image = told, %error, "samples were given up");
    }
    made
}

impl Renderer {
    /// A frame in another coding, off the async threads. `bytes` and `bit_offset` are those of [`decode`](crate::decode).
    ///
    /// # Errors
    /// As [`decode`](crate::decode), and [`Error::Unsupported`] where samples do not fit the coding.
    pub async fn samples(&self, image: Image, bytes: Bytes, bit_offset: u8, coding: Coding) -> Result<Plain, Error> {
        match self.cage() {
            Some(caged) if !is_read_here(&image) => caged_samples(caged, image, bytes, bit_offset, coding).await,
            _ => self.threaded(move || plain(&image, &bytes, bit_offset, coding)).await,
        }
    }
}

/// What [`Renderer::samples`] does; blocks.
///
/// # Errors
/// As [`Renderer::samples`].
pub fn plain(image: &Image, bytes: &[u8], bit_offset: u8, coding: Coding) -> Result<Plain, Error> {
    let frame = with_a_name(crate::decode(image, bytes, bit_offset)?)?;
    let shape = shape(image, &frame)?;
    match coding {
        Coding::Native => Ok(Plain { shape, bytes: frame.samples.to_le_bytes().into() }),
        Coding::JpegLs => jpeg_ls(shape, &frame.samples),
    }
}

/// PS3.3 has no photometric interpretation for partial-range colour that is not subsampled: it becomes RGB.
fn with_a_name(frame: Frame) -> Result<Frame, Error> {
    match frame.colour {
        Colour::YbrPartial => {
            let (columns, rows, channels) = (frame.columns, frame.rows, frame.channels);
            let samples = Samples::U8(colour::rgb(frame)?);
            Ok(Frame { columns, rows, channels, samples, bits: 8, colour: Colour::Rgb })
        }
        _ => Ok(frame),
    }
}

fn shape(image: &Image, frame: &Frame) -> Result<Shape, Error> {
    let (bits_allocated, representation) = match &frame.samples {
        Samples::U8(_) => (8, 0),
        Samples::I8(_) => (8, 1),
        Samples::U16(_) => (16, 0),
        Samples::I16(_) => (16, 1),
        Samples::U32(_) => (32, 0),
        Samples::I32(_) => (32, 1),
        Samples::F32(_) | Samples::F64(_) => return Err(Error::Unsupported("coded floating-point pixel data")),
    };
    let one_bit = matches!(image.number, Number::Integer(Bits { allocated: 1, .. })) && frame.bits == 1;
    Ok(Shape {
        size: (frame.columns, frame.rows),
        samples_per_pixel: frame.channels,
        photometric: match frame.colour {
            Colour::Rgb => Some(Converted::Rgb),
            Colour::YbrFull => Some(Converted::YbrFull),
            Colour::Monochrome | Colour::Palette | Colour::YbrPartial => None,
        },
        bits_allocated: if one_bit { 1 } else { bits_allocated },
        bits_stored: frame.bits,
        representation,
    })
}

/// The bit patterns of the stored bits, of 2 to 16 of them.
fn jpeg_ls(shape: Shape, samples: &Samples) -> Result<Plain, Error> {
    let failed = |_| Error::Corrupt("samples could not be coded");
    let bits = shape.bits_stored.max(2);
    let mask = u16::MAX >> (16 - u32::from(bits.min(16)));
    let words = |patterns: &mut dyn Iterator<Item = u16>| -> Vec<u8> {
        match bits {
            ..=8 => patterns.map(|pattern| (pattern & mask) as u8).collect(),
            _ => patterns.flat_map(|pattern| (pattern & mask).to_le_bytes()).collect(),
        }
    };
    let source = match samples {
        Samples::U8(values) => words(&mut values.iter().map(|value| u16::from(*value))),
        Samples::I8(values) => words(&mut values.iter().map(|value| *value as u16)),
        Samples::U16(values) => words(&mut values.iter().copied()),
        Samples::I16(values) => words(&mut values.iter().map(|value| *value as u16)),
        _ => return Err(Error::Unsupported("samples of more than 16 bits in JPEG-LS")),
    };
    let mut coder = CharLS::default();
    if shape.samples_per_pixel > 1 {
        coder.set_interleave_mode(InterleaveMode::Sample).map_err(failed)?;
    }
    let info = FrameInfo {
        width: shape.size.0,
        height: shape.size.1,
        bits_per_sample: bits.into(),
        component_count: shape.samples_per_pixel.into(),
    };
    let bytes = coder.encode(info, 0, &source).map_err(failed)?;
    let bits_allocated = if bits > 8 { shape.bits_allocated.max(16) } else { shape.bits_allocated.max(8) };
    Ok(Plain { shape: Shape { bits_allocated, bits_stored: bits, ..shape }, bytes: bytes.into() })
}
