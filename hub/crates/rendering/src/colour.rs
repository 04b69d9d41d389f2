//! Three samples a pixel to red, green and blue bytes (PS3.3 C.7.6.3.1.2).

use crate::{Colour, Error, Frame, Samples};

/// RGB, 8 bits a sample, whatever depth and colour space the frame has.
pub(crate) fn rgb(frame: Frame) -> Result<Vec<u8>, Error> {
    let mut bytes = eight_bits(frame.samples, frame.bits)?;
    match frame.colour {
        Colour::YbrFull => bytes.chunks_exact_mut(3).for_each(from_full),
        Colour::YbrPartial => bytes.chunks_exact_mut(3).for_each(from_partial),
        _ => {}
    }
    Ok(bytes)
}

fn eight_bits(samples: Samples, bits: u8) -> Result<Vec<u8>, Error> {
    let down = u32::from(bits.saturating_sub(8));
    let up = u32::from(8u8.saturating_sub(bits));
    match samples {
        Samples::U8(values) if up == 0 => Ok(values),
        Samples::U8(values) => Ok(values.into_iter().map(|v| spread(v, bits)).collect()),
        Samples::U16(values) if down == 0 => Ok(values.into_iter().map(|v| spread(v.min(255) as u8, bits)).collect()),
        Samples::U16(values) => Ok(values.into_iter().map(|v| (v >> down).min(255) as u8).collect()),
        Samples::U32(values) => Ok(values.into_iter().map(|v| (v >> down).min(255) as u8).collect()),
        _ => Err(Error::Unsupported("signed or floating-point colour")),
    }
}

/// A value of fewer than 8 bits over the whole range.
fn spread(value: u8, bits: u8) -> u8 {
    let top = (1u32 << bits.clamp(1, 8)) - 1;
    (u32::from(value).min(top) * 255 / top) as u8
}

fn from_full(pixel: &mut [u8]) {
    let [y, b, r] = [f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0];
    write(pixel, [y + 1.402 * r, y - 0.344_136 * b - 0.714_136 * r, y + 1.772 * b]);
}

fn from_partial(pixel: &mut [u8]) {
    let [y, b, r] = [1.164_4 * (f32::from(pixel[0]) - 16.0), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0];
    write(pixel, [y + 1.596 * r, y - 0.391_7 * b - 0.812_9 * r, y + 2.017_3 * b]);
}

fn write(pixel: &mut [u8], rgb: [f32; 3]) {
    for (sample, value) in pixel.iter_mut().zip(rgb) {
        // `as` saturates: below 0 and above 255 are what the conversion cuts off.
        *sample = (value + 0.5) as u8;
    }
}
