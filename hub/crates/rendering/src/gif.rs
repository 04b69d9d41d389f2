//! GIF (version 89a): one frame, or frames one after the other.

use crate::{Error, bitmap::Bitmap};
use gif::{Encoder, Frame, Repeat};
use imaging_domain::{DataSet, tags};

/// Longest file of moving pictures.
pub const MAX_ANIMATION: usize = 128 << 20;
/// How hard colours are chosen, 1 (best) to 30.
const COLOUR_SPEED: i32 = 10;
/// Milliseconds of a frame when the image does not say.
const FRAME_MS: f64 = 100.0;
/// What a GIF can say: browsers take less than two hundredths of a second for ten.
const FRAME_HUNDREDTHS: (f64, f64) = (2.0, 65_535.0);

/// Frames that become one moving picture.
pub struct Animation {
    encoder: Option<Encoder<Vec<u8>>>,
    size: (u16, u16),
}

impl Default for Animation {
    fn default() -> Self {
        Self::new()
    }
}

impl Animation {
    /// No frames yet; the first says how large all are.
    pub fn new() -> Self {
        Self { encoder: None, size: (0, 0) }
    }

    /// Adds a frame, made as [`Format::Pixels`](crate::Format::Pixels), that is shown for so many milliseconds.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for a frame of another form or size, [`Error::TooLarge`] above [`MAX_ANIMATION`].
    pub fn add(&mut self, pixels: &[u8], shown_ms: f64) -> Result<(), Error> {
        let bitmap = bitmap(pixels).ok_or(Error::Corrupt("frame of a moving picture"))?;
        let mut frame = frame(&bitmap)?;
        let hundredths = (shown_ms / 10.0).round();
        frame.delay = hundredths.clamp(FRAME_HUNDREDTHS.0, FRAME_HUNDREDTHS.1) as u16;
        let encoder = match &mut self.encoder {
            Some(_) if self.size != (frame.width, frame.height) => {
                return Err(Error::Corrupt("frames of different sizes"));
            }
            Some(encoder) => encoder,
            none => {
                self.size = (frame.width, frame.height);
                let mut encoder =
                    Encoder::new(Vec::new(), frame.width, frame.height, &[]).map_err(|_| Error::TooLarge)?;
                encoder.set_repeat(Repeat::Infinite).map_err(|_| Error::TooLarge)?;
                none.insert(encoder)
            }
        };
        encoder.write_frame(&frame).map_err(|_| Error::TooLarge)?;
        if encoder.get_ref().len() > MAX_ANIMATION { Err(Error::TooLarge) } else { Ok(()) }
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::NotAnImage`] without a frame.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let encoder = self.encoder.ok_or(Error::NotAnImage)?;
        encoder.into_inner().map_err(|_| Error::TooLarge)
    }
}

/// Milliseconds for which a frame (from 0) of a cine is shown (PS3.3 C.7.6.5 and C.12.1.1.5): FrameTimeVector,
/// FrameTime, RecommendedDisplayFrameRate, CineRate; a tenth of a second when nothing of it is said.
pub fn frame_ms(attributes: &DataSet, frame: u32) -> f64 {
    let sensible = |ms: &f64| ms.is_finite() && *ms > 0.0;
    let first = |tag| attributes.floats(tag).first().copied().filter(sensible);
    let rate = || first(tags::RECOMMENDED_DISPLAY_FRAME_RATE).or_else(|| first(tags::CINE_RATE));
    // the vector says how long after the frame before each begins, so the next one's entry is how long this one lasts
    let vector = attributes.floats(tags::FRAME_TIME_VECTOR);
    let of_vector = vector.get(frame as usize + 1).or(vector.last()).copied().filter(sensible);
    of_vector.or_else(|| first(tags::FRAME_TIME)).or_else(|| rate().map(|rate| 1000.0 / rate)).unwrap_or(FRAME_MS)
}

/// A file of one frame.
pub(crate) fn still(bitmap: &Bitmap) -> Result<Vec<u8>, Error> {
    let frame = frame(bitmap)?;
    let mut encoder = Encoder::new(Vec::new(), frame.width, frame.height, &[]).map_err(|_| Error::TooLarge)?;
    encoder.write_frame(&frame).map_err(|_| Error::TooLarge)?;
    encoder.into_inner().map_err(|_| Error::TooLarge)
}

/// Grey has its 256 shades exactly; of colours the 256 that fit best are chosen.
fn frame(bitmap: &Bitmap) -> Result<Frame<'static>, Error> {
    let side = |side: u32| u16::try_from(side).map_err(|_| Error::TooLarge);
    let (width, height) = (side(bitmap.width)?, side(bitmap.height)?);
    if bitmap.channels == 3 {
        return Ok(Frame::from_rgb_speed(width, height, &bitmap.pixels, COLOUR_SPEED));
    }
    let palette: Vec<u8> = (0..=255).flat_map(|grey: u8| [grey; 3]).collect();
    Ok(Frame::from_palette_pixels(width, height, bitmap.pixels.clone(), palette, None))
}

/// Reads what [`Format::Pixels`](crate::Format::Pixels) writes.
fn bitmap(file: &[u8]) -> Option<Bitmap> {
    let mut lines = file.splitn(4, |byte| *byte == b'\n');
    let channels = match lines.next()? {
        b"P5" => 1,
        b"P6" => 3,
        _ => return None,
    };
    let (width, height) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    let pixels = lines.nth(1)?.to_vec();
    let expected = u64::from(width) * u64::from(height) * channels as u64;
    (pixels.len() as u64 == expected).then_some(Bitmap { width, height, channels, pixels })
}
