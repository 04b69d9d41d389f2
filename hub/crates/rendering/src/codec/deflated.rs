//! Deflated Image Frame Compression (PS3.5 A.4.13): a frame's native bytes, deflated (RFC 1951).

use super::{MAX_DECODED, native};
use crate::{Error, Frame, Image, pixel::Number};
use std::io::Read;

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let bits = match image.number {
        Number::Integer(bits) => u64::from(bits.allocated),
        Number::Float => 32,
        Number::Double => 64,
    };
    let samples = super::pixels(image) as u64 * u64::from(image.channels);
    let length = (samples * bits).div_ceil(8).min(MAX_DECODED);
    let mut native = vec![0; length as usize];
    flate2::read::DeflateDecoder::new(bytes).read_exact(&mut native).map_err(|_| Error::Corrupt("deflated frame"))?;
    native::decode(image, &native, 0)
}
