//! Where each frame lies inside pixel data: computed for native pixels; for encapsulated ones from the extended or
//! basic offset table (PS3.3 C.7.6.3.1.8, PS3.5 A.4), or from the items themselves where no table is to be trusted.

use crate::{Error, Header, PixelData};
use imaging_domain::transfer_syntax::{self, Encoding, PixelCoding};
use imaging_domain::{DataSet, Tag, Value, tags};
use std::io;
use std::ops::Range;

/// Frames of one instance that are looked for.
pub const MAX_FRAMES: u64 = 1 << 20;
/// Fragments of one instance that are looked for.
pub const MAX_FRAGMENTS: usize = 1 << 20;

/// Where one frame lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameSpan {
    /// Its bytes in order, counted from the first byte of the data set, after inflating when deflated. Several
    /// ranges when the frame was written as several fragments.
    pub ranges: Vec<Range<u64>>,
    /// First bit of the frame in its first byte, 0 the lowest; other than 0 only where one frame of packed pixels
    /// does not fill whole bytes (PS3.5 8.1.1).
    pub bit_offset: u8,
}

/// Where all frames lie that are really there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrameIndex {
    frames: Vec<FrameSpan>,
}

/// Gives bytes of the data set from an offset on.
type ReadAt<'a> = &'a mut dyn FnMut(u64, &mut [u8]) -> io::Result<()>;

impl FrameIndex {
    /// Finds the frames. `read` fills its buffer with the data set's bytes from an offset on; it is asked for a few
    /// bytes of every item of encapsulated pixel data and for offset tables, for native pixel data never.
    ///
    /// A header that declares more frames than there are complete ones gives those that are there. A moving picture
    /// is one frame, whatever its number of frames.
    ///
    /// # Errors
    /// [`Error::Malformed`] without pixel data or without the numbers that describe it, [`Error::Limit`] for more
    /// than [`MAX_FRAMES`] or [`MAX_FRAGMENTS`], [`Error::Read`] when `read` fails.
    pub fn build(header: &Header, read: &mut dyn FnMut(u64, &mut [u8]) -> io::Result<()>) -> Result<FrameIndex, Error> {
        let pixel_data = header.pixel_data.ok_or(Error::Malformed("no pixel data"))?;
        let frames =
            if pixel_data.encapsulated { encapsulated(header, pixel_data, read)? } else { native(header, pixel_data)? };
        Ok(Self { frames })
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is no frame.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A frame, the first being 0.
    pub fn frame(&self, zero_based: usize) -> Option<&FrameSpan> {
        self.frames.get(zero_based)
    }
}

fn declared_frames(attributes: &DataSet) -> u64 {
    attributes.int(tags::NUMBER_OF_FRAMES).and_then(|n| u64::try_from(n).ok()).unwrap_or(1).max(1)
}

fn native(header: &Header, pixel_data: PixelData) -> Result<Vec<FrameSpan>, Error> {
    let declared = u128::from(declared_frames(&header.attributes));
    let bits = u128::from(pixel_data.length) * 8;
    let frame = frame_bits(&header.attributes, pixel_data.tag, bits / declared)?;
    let count = declared.min(bits / frame);
    if count > u128::from(MAX_FRAMES) {
        return Err(Error::Limit("frames"));
    }
    // in big-endian words the byte that makes the length even stands before the last pixel (PS3.5 8.1.1, 7.3)
    let in_words = transfer_syntax::of(&header.transfer_syntax).encoding == Encoding::ExplicitBig;
    // frames lie inside the value, whose length is a u64
    let span = |index: u128| {
        let (first, end) = (index * frame, ((index + 1) * frame).div_ceil(8));
        let padded = in_words && index + 1 == count && bits / 8 == end + 1;
        let end = end + u128::from(padded);
        let range = pixel_data.offset + (first / 8) as u64..pixel_data.offset + end as u64;
        FrameSpan { ranges: vec![range], bit_offset: (first % 8) as u8 }
    };
    Ok((0..count).map(span).collect())
}

/// Bits of one native frame. Chroma that is said to be subsampled is believed where a full frame would not fit into
/// the `present` bits of each.
fn frame_bits(attributes: &DataSet, tag: Tag, present: u128) -> Result<u128, Error> {
    const MISSING: Error = Error::Malformed("pixel data without rows, columns or bits allocated");
    let number = |tag| attributes.int(tag).and_then(|n| u32::try_from(n).ok()).map(u128::from).filter(|n| *n > 0);
    let allocated = match tag {
        tags::FLOAT_PIXEL_DATA => 32,
        tags::DOUBLE_FLOAT_PIXEL_DATA => 64,
        _ => number(tags::BITS_ALLOCATED).ok_or(MISSING)?,
    };
    let pixels = number(tags::ROWS).ok_or(MISSING)? * number(tags::COLUMNS).ok_or(MISSING)?;
    let plane = pixels.checked_mul(allocated).ok_or(MISSING)?;
    let full = plane.checked_mul(number(tags::SAMPLES_PER_PIXEL).unwrap_or(1)).ok_or(MISSING)?;
    if full <= present {
        return Ok(full);
    }
    Ok(match attributes.text(tags::PHOTOMETRIC_INTERPRETATION) {
        Some("YBR_FULL_422" | "YBR_PARTIAL_422") => plane.saturating_mul(2).min(full),
        Some("YBR_PARTIAL_420") => (plane.saturating_mul(3) / 2).clamp(1, full),
        _ => full,
    })
}

/// One item of encapsulated pixel data.
struct Fragment {
    /// Its header, counted from the header of the first fragment: what offset tables hold.
    item: u64,
    value: Range<u64>,
}

fn encapsulated(header: &Header, pixel_data: PixelData, read: ReadAt) -> Result<Vec<FrameSpan>, Error> {
    let (table, fragments) = fragments(pixel_data, read)?;
    let coding = transfer_syntax::of(&header.transfer_syntax).coding;
    let declared = declared_frames(&header.attributes);
    if fragments.is_empty() {
        return Ok(vec![]);
    }
    if coding == PixelCoding::Video {
        return Ok(vec![span(&fragments)]);
    }
    if let Some(frames) = by_extended_table(header, &fragments, read)? {
        return Ok(frames);
    }
    let offsets = numbers::<4>(&table, |bytes| u64::from(u32::from_le_bytes(bytes)));
    let believable = offsets.len() as u64 == declared.min(fragments.len() as u64) || offsets.len() > 1;
    if let Some(starts) = believable.then(|| starts_at(&offsets, &fragments)).flatten() {
        return Ok(grouped(&fragments, &starts));
    }
    if declared == 1 {
        return Ok(vec![span(&fragments)]);
    }
    if fragments.len() as u64 <= declared || coding == PixelCoding::Rle {
        return Ok(fragments.chunks(1).map(span).collect());
    }
    let starts = starts_by_marker(&fragments, read)?;
    Ok(grouped(&fragments, &starts))
}

/// The items of the value: what the basic offset table holds, and the fragments.
fn fragments(pixel_data: PixelData, read: ReadAt) -> Result<(Vec<u8>, Vec<Fragment>), Error> {
    let end = pixel_data.offset + pixel_data.length;
    let mut position = pixel_data.offset;
    let (mut table, mut fragments, mut first) = (vec![], vec![], None);
    while position + 8 <= end {
        let mut item = [0; 8];
        read(position, &mut item).map_err(Error::Read)?;
        let [.., a, b, c, d] = item;
        let big = item[0] == 0xFF;
        let length = u64::from(if big { u32::from_be_bytes([a, b, c, d]) } else { u32::from_le_bytes([a, b, c, d]) });
        let value = position + 8..(position + 8 + length).min(end);
        match first {
            None => {
                table = table_bytes(value.clone(), 4, read)?;
                first = Some(value.end);
            }
            Some(first) => fragments.push(Fragment { item: position - first, value: value.clone() }),
        }
        if fragments.len() > MAX_FRAGMENTS {
            return Err(Error::Limit("fragments"));
        }
        position = value.end;
    }
    Ok((table, fragments))
}

/// The bytes of an offset table of at most [`MAX_FRAMES`] numbers.
fn table_bytes(range: Range<u64>, width: u64, read: ReadAt) -> Result<Vec<u8>, Error> {
    let length = range.end.saturating_sub(range.start);
    if length > MAX_FRAMES * width {
        return Err(Error::Limit("frames"));
    }
    let mut bytes = vec![0; length as usize];
    if !bytes.is_empty() {
        read(range.start, &mut bytes).map_err(Error::Read)?;
    }
    Ok(bytes)
}

fn numbers<const N: usize>(bytes: &[u8], number: fn([u8; N]) -> u64) -> Vec<u64> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
}

/// Frames after the extended offset table, where it is there and agrees with the fragments.
fn by_extended_table(header: &Header, fragments: &[Fragment], read: ReadAt) -> Result<Option<Vec<FrameSpan>>, Error> {
    let mut column = |tag| match header.attributes.get(tag).map(|element| &element.value) {
        Some(Value::Bytes(bytes)) => Ok(numbers(bytes, u64::from_le_bytes)),
        Some(Value::Bulk { offset, length }) => {
            let bytes = table_bytes(*offset..offset.saturating_add(*length), 8, read)?;
            Ok(numbers(&bytes, u64::from_le_bytes))
        }
        _ => Ok(vec![]),
    };
    let offsets = column(tags::EXTENDED_OFFSET_TABLE)?;
    let lengths = column(tags::EXTENDED_OFFSET_TABLE_LENGTHS)?;
    if offsets.is_empty() || offsets.len() != lengths.len() {
        return Ok(None);
    }
    let Some(starts) = starts_at(&offsets, fragments) else { return Ok(None) };
    let mut frames = grouped(fragments, &starts);
    for (frame, length) in frames.iter_mut().zip(&lengths) {
        // the table knows the length without the padding; one frame is one fragment where it is used
        if let [range] = frame.ranges.as_mut_slice() {
            range.end = range.end.min(range.start.saturating_add(*length));
        }
    }
    Ok(Some(frames))
}

/// Which fragments the offsets point at; `None` unless they ascend from the first one and all point at fragments.
fn starts_at(offsets: &[u64], fragments: &[Fragment]) -> Option<Vec<usize>> {
    let ascending = offsets.first() == Some(&0) && offsets.is_sorted_by(|a, b| a < b);
    if !ascending {
        return None;
    }
    offsets.iter().map(|offset| fragments.binary_search_by_key(offset, |fragment| fragment.item).ok()).collect()
}

/// Which fragments begin with the first bytes of a coded image: JPEG and JPEG-LS (SOI), JPEG 2000 codestream,
/// JPEG XL codestream, or a JP2 or JPEG XL file.
fn starts_by_marker(fragments: &[Fragment], read: ReadAt) -> Result<Vec<usize>, Error> {
    let mut starts = vec![0];
    for (index, fragment) in fragments.iter().enumerate().skip(1) {
        let mut first = [0; 4];
        let length = (fragment.value.end - fragment.value.start).min(4) as usize;
        read(fragment.value.start, &mut first[..length]).map_err(Error::Read)?;
        if matches!(first, [0xFF, 0xD8, 0xFF, _] | [0xFF, 0x4F, 0xFF, 0x51] | [0, 0, 0, 12] | [0xFF, 0x0A, ..]) {
            starts.push(index);
        }
    }
    Ok(starts)
}

fn grouped(fragments: &[Fragment], starts: &[usize]) -> Vec<FrameSpan> {
    let ends = starts.iter().skip(1).copied().chain([fragments.len()]);
    starts.iter().zip(ends).map(|(start, end)| span(&fragments[*start..end])).collect()
}

fn span(fragments: &[Fragment]) -> FrameSpan {
    FrameSpan { ranges: fragments.iter().map(|fragment| fragment.value.clone()).collect(), bit_offset: 0 }
}
