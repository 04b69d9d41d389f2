//! The bytes of one value, in little endian, whole or in ranges.

use crate::{document::Source, error::Error, form::is_big_endian, headers::Opened, remote::Body, version::Version};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use imaging_domain::{Element, Instance, Tag, VR, Value};
use part10::to_little_endian;
use std::ops::Range;

/// Bytes of one piece of a value.
const PIECE: u64 = 1 << 20;

/// One value, in little endian.
pub struct Bulk {
    /// The media type of a document or moving picture; none of any other value.
    pub media_type: Option<&'static str>,
    /// Says which bytes these are.
    pub version: Version,
    /// How many bytes it has.
    pub length: u64,
    value: Found,
}

/// Where its bytes are.
pub(crate) enum Found {
    Inline(Bytes),
    Document { opened: Opened, source: Source },
    Stored { opened: Opened, range: Range<u64>, turned: Option<VR> },
}

pub(crate) fn found(opened: &Opened, instance: &Instance, element: &Element) -> Result<Found, Error> {
    match &element.value {
        Value::Bulk { offset, length } => stored(opened, instance, *offset, *length, Some(element.vr)),
        value => inline(element.vr, value).map(|bytes| Found::Inline(bytes.into())).ok_or(Error::NotFound("value")),
    }
}

pub(crate) fn stored(
    opened: &Opened,
    instance: &Instance,
    offset: u64,
    length: u64,
    vr: Option<VR>,
) -> Result<Found, Error> {
    let end = offset.checked_add(length).filter(|end| *end <= opened.length()).ok_or(Error::NotFound("value"))?;
    let turned = vr.filter(|_| is_big_endian(instance));
    Ok(Found::Stored { opened: opened.clone(), range: offset..end, turned })
}

/// A short value as bytes in little endian, texts in UTF-8.
fn inline(vr: VR, value: &Value) -> Option<Vec<u8>> {
    let number = |number: &i64| match vr {
        VR::US | VR::SS => (*number as u16).to_le_bytes().to_vec(),
        VR::UL | VR::SL => (*number as u32).to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    };
    let float = |number: &f64| match vr {
        VR::FL => (*number as f32).to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    };
    let tag = |tag: &Tag| [tag.group().to_le_bytes(), tag.element().to_le_bytes()].concat();
    Some(match value {
        Value::Text(texts) if vr == VR::UV => {
            texts.iter().filter_map(|text| text.parse::<u64>().ok()).flat_map(u64::to_le_bytes).collect()
        }
        Value::Text(texts) => texts.join("\\").into_bytes(),
        Value::Int(numbers) => numbers.iter().flat_map(number).collect(),
        Value::Float(numbers) => numbers.iter().flat_map(float).collect(),
        Value::Tags(tags) => tags.iter().flat_map(tag).collect(),
        Value::Bytes(bytes) => bytes.clone(),
        Value::Sequence(_) | Value::Bulk { .. } => return None,
    })
}

impl Found {
    fn length(&self) -> u64 {
        match self {
            Self::Inline(bytes) => bytes.len() as u64,
            Self::Document { source, .. } => source.length(),
            Self::Stored { range, .. } => range.end - range.start,
        }
    }
}

impl Bulk {
    /// A value that was found.
    pub(crate) fn found(media_type: Option<&'static str>, version: Version, value: Found) -> Self {
        Self { media_type, version, length: value.length(), value }
    }

    /// A value that is here.
    pub fn of(version: Version, value: Bytes) -> Self {
        Self::found(None, version, Found::Inline(value))
    }

    /// The same as a document.
    #[must_use]
    pub fn of_type(self, media_type: &'static str) -> Self {
        Self { media_type: Some(media_type), ..self }
    }

    /// Some of its bytes.
    pub fn range(self, range: Range<u64>) -> Body {
        let end = range.end.min(self.length);
        let start = range.start.min(end);
        match self.value {
            // both are within the length of what is here
            Found::Inline(bytes) => stream::iter([Ok(bytes.slice(start as usize..end as usize))]).boxed(),
            Found::Document { opened, source } => source.body(&opened, start, end - start),
            Found::Stored { opened, range, turned } => pieces(opened, range, turned, start..end),
        }
    }

    /// All of them.
    pub fn all(self) -> Body {
        let end = self.length;
        self.range(0..end)
    }
}

/// Pieces that begin at whole numbers of the value, whose order may have to be turned.
fn pieces(opened: Opened, value: Range<u64>, turned: Option<VR>, wanted: Range<u64>) -> Body {
    let numbers = wanted.start / PIECE..wanted.end.div_ceil(PIECE);
    let piece = move |n: u64| {
        let (opened, wanted) = (opened.clone(), wanted.clone());
        let (from, to) = (n * PIECE, ((n + 1) * PIECE).min(value.end - value.start));
        let at = value.start;
        async move {
            let mut bytes = opened.read(at + from..at + to).await?;
            if let Some(vr) = turned {
                let mut copy = bytes.to_vec();
                to_little_endian(vr, &mut copy);
                bytes = copy.into();
            }
            let (start, end) = (wanted.start.max(from) - from, wanted.end.min(to).max(from) - from);
            Ok(bytes.slice(start as usize..end.max(start) as usize))
        }
    };
    stream::iter(numbers).map(piece).buffered(2).boxed()
}
