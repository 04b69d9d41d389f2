//! A described instance as the bytes of a data set: explicit VR, little endian (PS3.5 7.1.2, A.2), with pixel data
//! encapsulated when it came compressed (PS3.5 A.4). Sequences and items have undefined lengths, so that nothing has to be
//! measured before it is written. Texts are UTF-8, and the data set says so.

mod values;
mod writer;

use crate::{error::Error, store::metadata::Described};
use imaging_domain::{DataSet, Element, VR, Value, tags, transfer_syntax, transfer_syntax::PixelCoding};
use std::ops::Range;
use writer::Writer;

/// Bulk data that came for one `BulkDataURI`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bulk {
    /// Where the bytes of each part lie, in the order of the parts: several parts are the frames of compressed pixel data.
    pub spans: Vec<Range<u64>>,
    /// Transfer syntax UID that the parts, or their media type, say.
    pub transfer_syntax: Option<String>,
    /// Whether their media type is that of an image, so that without a transfer syntax nobody knows what they are.
    pub is_image: bool,
}

/// A piece of the data set's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes that lie there.
    Bulk(Range<u64>),
}

/// An instance that is ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Transfer syntax UID of the data set.
    pub transfer_syntax: String,
    /// Its bytes in order.
    pub segments: Vec<Segment>,
}

/// The transfer syntax that a part's media type stands for when nothing else says it (PS3.18 table 8.7.3-2). `image/jpeg`
/// is not among them: it is any of several, and a wrong label would spoil the instance.
pub fn default_transfer_syntax(essence: &str) -> Option<&'static str> {
    Some(match essence {
        "image/dicom-rle" | "image/x-dicom-rle" => "1.2.840.10008.1.2.5",
        "image/jls" | "image/x-jls" => "1.2.840.10008.1.2.4.80",
        "image/jp2" => "1.2.840.10008.1.2.4.90",
        "image/jpx" => "1.2.840.10008.1.2.4.92",
        "image/jphc" => "1.2.840.10008.1.2.4.202",
        "image/jxl" => "1.2.840.10008.1.2.4.112",
        _ => return None,
    })
}

fn is_known(uid: &str) -> bool {
    transfer_syntax::TABLE.iter().any(|syntax| syntax.uid == uid)
}

/// Writes an instance; `bulk` is in the order of [`Described::uris`].
///
/// # Errors
/// [`Error::MediaType`] when the pixel data is in a transfer syntax that cannot be stored so, [`Error::Invalid`] when a value
/// does not fit its element.
pub fn encode(described: &Described, bulk: &[Bulk]) -> Result<Encoded, Error> {
    let syntax = syntax_of(described, bulk)?;
    let encapsulated = transfer_syntax::of(&syntax).is_encapsulated();
    let mut data_set = described.data_set.clone();
    data_set.put_text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    let segments = Writer::new(bulk, encapsulated).write(&data_set)?;
    Ok(Encoded { transfer_syntax: syntax, segments })
}

/// The data set's transfer syntax: that of its pixels when they are compressed.
fn syntax_of(described: &Described, bulk: &[Bulk]) -> Result<String, Error> {
    let explicit = || transfer_syntax::EXPLICIT_LITTLE.to_owned();
    let Some(Element { value: Value::Bulk { offset, .. }, .. }) = described.data_set.get(tags::PIXEL_DATA) else {
        return Ok(explicit());
    };
    let pixels = bulk.get(*offset as usize);
    let named = pixels.and_then(|pixels| pixels.transfer_syntax.as_ref());
    let described_as = described.transfer_syntax.as_ref();
    // native samples are what they are, though the metadata are of a file that had them compressed (PS3.18 8.7.3.5)
    let is_native = pixels.is_some_and(|pixels| !pixels.is_image && is_native(&described.data_set, pixels));
    let said = named.or(described_as.filter(|_| !is_native));
    match said.map(String::as_str) {
        None if pixels.is_some_and(|pixels| pixels.is_image) => Err(Error::MediaType("images need a transfer syntax")),
        None | Some(transfer_syntax::EXPLICIT_LITTLE | transfer_syntax::IMPLICIT_LITTLE) => Ok(explicit()),
        Some(uid) if is_known(uid) && transfer_syntax::of(uid).coding != PixelCoding::Native => Ok(uid.to_owned()),
        Some(_) => Err(Error::MediaType("pixel data in this transfer syntax cannot be stored apart")),
    }
}

/// Whether bulk data are as long as native samples of the image are.
fn is_native(data_set: &DataSet, pixels: &Bulk) -> bool {
    let int = |tag| data_set.int(tag).and_then(|number| u64::try_from(number).ok());
    let [span] = pixels.spans.as_slice() else { return false };
    let frames = int(tags::NUMBER_OF_FRAMES).unwrap_or(1);
    let sides = [tags::ROWS, tags::COLUMNS, tags::SAMPLES_PER_PIXEL, tags::BITS_ALLOCATED].map(int);
    let bits = sides.into_iter().try_fold(frames, |product, side| product.checked_mul(side?));
    let length = span.end - span.start;
    bits.map(|bits| bits.div_ceil(8)).is_some_and(|bytes| (bytes..=bytes.next_multiple_of(2)).contains(&length))
}

#[cfg(test)]
mod tests;
