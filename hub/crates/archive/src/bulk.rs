//! Giving single values: what a `BulkDataURI` or a path of tags names.

use crate::{
    archive::Archive,
    bulk_parts::BulkPart,
    document::Source,
    error::Error,
    form::{Choose, is_big_endian, is_coded},
    frames::Giving,
    headers::Opened,
    remote::Body,
    rendition::{document_type, moving_type, video},
    version::Version,
};
use audit_log::What;
use bytes::Bytes;
use catalog::Scope;
use futures_util::{StreamExt, stream, stream::BoxStream};
use imaging_domain::{DataSet, Element, Instance, Principal, Tag, VR, Value, tags};
use part10::{FrameIndex, to_little_endian};
use std::ops::Range;

/// Bytes of one piece of a value.
const PIECE: u64 = 1 << 20;

/// Which value of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkPlace {
    /// Bytes of the data set, from the first number on, so many as the second says.
    Span(u64, u64),
    /// An element: sequences with the number of an item from 0, outermost first, and its own tag.
    Path(Vec<(Tag, usize)>, Tag),
}

/// What a value is given as.
pub enum BulkData {
    /// Its bytes.
    Value(Bulk),
    /// Compressed pixel data: all frames, in the form that was chosen.
    Pixels {
        /// Says which bytes these are.
        version: Version,
        /// One part of native samples, or one for each frame.
        parts: BoxStream<'static, Result<BulkPart, Error>>,
    },
}

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

enum Found {
    Inline(Bytes),
    Document { opened: Opened, source: Source },
    Stored { opened: Opened, range: Range<u64>, turned: Option<VR> },
}

impl Archive {
    /// A value of an instance. Compressed pixel data comes without the items around it: a moving picture that players open as
    /// that, every other in the form that `choose` says.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such value, or it is a sequence; what `choose` says.
    pub async fn bulk_data(
        &self,
        who: &Principal,
        instance: &Scope,
        place: &BulkPlace,
        choose: Choose,
    ) -> Result<BulkData, Error> {
        let (opened, instance) = self.opened(who, What::Retrieve, instance).await?;
        if is_coded(&instance) && is_pixels(&opened, place) {
            return self.coded_pixels(opened, instance, choose).await;
        }
        let attributes = &opened.known.header.attributes;
        let missing = Error::NotFound("value");
        let mut version = Version::of(&instance, "");
        let value = match place {
            BulkPlace::Span(offset, length) => {
                version.add(&offset.to_le_bytes());
                version.add(&length.to_le_bytes());
                let vr = vr_at(attributes, *offset, *length);
                stored(&opened, &instance, *offset, *length, vr)?
            }
            BulkPlace::Path(path, tag) => {
                path.iter().for_each(|(tag, item)| version.add(format!("{tag} {item}").as_bytes()));
                version.add(tag.to_string().as_bytes());
                let level = path.iter().try_fold(attributes, |level, (tag, item)| level.items(*tag).get(*item));
                let element = level.and_then(|level| level.get(*tag)).ok_or(missing)?;
                found(&opened, &instance, element)?
            }
        };
        let media_type = is_document(attributes, place).then(|| document_type(&instance)).flatten();
        Ok(BulkData::Value(Bulk { media_type, version, length: value.length(), value }))
    }

    async fn coded_pixels(&self, opened: Opened, instance: Instance, choose: Choose) -> Result<BulkData, Error> {
        let mut version = Version::of(&instance, "");
        if let Some(media_type) = moving_type(&opened, &instance).await? {
            version.add(media_type.as_bytes());
            let value = Found::Document { source: Source::Ranges(video(&opened)?), opened };
            let length = value.length();
            return Ok(BulkData::Value(Bulk { media_type: Some(media_type), version, length, value }));
        }
        let (wanted, frames) = (choose(&instance)?, opened.known.frames.as_ref().map_or(0, FrameIndex::len));
        if frames == 0 {
            return Err(Error::NotFound("frame"));
        }
        version.add(wanted.form_of(&instance).transfer_syntax(&instance.transfer_syntax).as_bytes());
        let parts = Giving { archive: self.clone(), opened, instance }.pixels(frames, wanted).await?;
        Ok(BulkData::Pixels { version, parts })
    }
}

/// Whether a place is that of the data set's own pixel data.
fn is_pixels(opened: &Opened, place: &BulkPlace) -> bool {
    match place {
        BulkPlace::Path(path, tag) => path.is_empty() && *tag == tags::PIXEL_DATA,
        BulkPlace::Span(offset, _) => opened.known.header.pixel_data.is_some_and(|pixels| pixels.offset == *offset),
    }
}

/// Whether a place is that of an encapsulated document.
fn is_document(attributes: &DataSet, place: &BulkPlace) -> bool {
    match place {
        BulkPlace::Path(path, tag) => path.is_empty() && *tag == tags::ENCAPSULATED_DOCUMENT,
        BulkPlace::Span(at, _) => matches!(
            attributes.get(tags::ENCAPSULATED_DOCUMENT),
            Some(Element { value: Value::Bulk { offset, .. }, .. }) if offset == at
        ),
    }
}

/// Offset, length and VR of every value left where it is.
pub(crate) fn values_of(attributes: &DataSet) -> Vec<(u64, u64, VR)> {
    let of = |(_, element): (Tag, &Element)| match &element.value {
        Value::Bulk { offset, length } => vec![(*offset, *length, element.vr)],
        Value::Sequence(items) => items.iter().flat_map(values_of).collect(),
        _ => vec![],
    };
    attributes.iter().flat_map(of).collect()
}

/// Bytes of the data set that hold a value, in little endian.
pub(crate) fn stored_value(
    opened: &Opened,
    instance: &Instance,
    offset: u64,
    length: u64,
    vr: VR,
) -> Result<Body, Error> {
    let value = stored(opened, instance, offset, length, Some(vr))?;
    Ok(Bulk { media_type: None, version: Version::empty(), length: value.length(), value }.all())
}

/// VR of the value that lies there; `None` when none begins and ends so.
fn vr_at(attributes: &DataSet, offset: u64, length: u64) -> Option<VR> {
    attributes.iter().find_map(|(_, element)| match &element.value {
        Value::Bulk { offset: at, length: bytes } if (*at, *bytes) == (offset, length) => Some(element.vr),
        Value::Sequence(items) => items.iter().find_map(|item| vr_at(item, offset, length)),
        _ => None,
    })
}

fn found(opened: &Opened, instance: &Instance, element: &Element) -> Result<Found, Error> {
    match &element.value {
        Value::Bulk { offset, length } => stored(opened, instance, *offset, *length, Some(element.vr)),
        value => inline(element.vr, value).map(|bytes| Found::Inline(bytes.into())).ok_or(Error::NotFound("value")),
    }
}

fn stored(opened: &Opened, instance: &Instance, offset: u64, length: u64, vr: Option<VR>) -> Result<Found, Error> {
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
    /// A value that is here.
    pub fn of(version: Version, value: Bytes) -> Self {
        Self { media_type: None, version, length: value.len() as u64, value: Found::Inline(value) }
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
