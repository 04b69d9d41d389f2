//! JPEG-LS (ITU-T T.87) by CharLS.

use super::{
    check_stream,
    header::Header,
    registry::SingleFrame,
    sample::{self, Cells, interleaved},
};
use crate::{Error, Frame, Image};

pub(super) fn decode(image: &Image, bytes: &[u8]) -> Result<Frame, Error> {
    let bits = sample::bits(image)?;
    let header = Header::read(bytes)?;
    check_stream(image, header.columns, header.rows, header.components.len() as u64)?;
    if header.process != 0xF7 || !(2..=16).contains(&header.precision) {
        return Err(Error::Corrupt("JPEG-LS header"));
    }
    if header.is_subsampled() {
        return Err(Error::Unsupported("subsampled JPEG-LS"));
    }
    let width = if header.precision > 8 { 2 } else { 1 };
    let decoded = SingleFrame::new(image, width, bytes).decode()?;
    // Without interleaving CharLS gives plane after plane.
    let channels = if header.interleave == 0 { usize::from(image.channels) } else { 1 };
    let cells = match width {
        1 => Cells::Bytes(interleaved(&decoded, channels)),
        _ => {
            let words: Vec<u16> = decoded.as_chunks::<2>().0.iter().map(|cell| u16::from_le_bytes(*cell)).collect();
            Cells::Words(interleaved(&words, channels))
        }
    };
    let bits = match header.near {
        0 => sample::low_bits(bits, bits.stored.min(header.precision), bits.inputs),
        _ => sample::lossy_bits(bits, header.precision),
    };
    sample::frame(image, cells, bits)
}
