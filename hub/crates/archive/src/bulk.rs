//! Giving single values: what a `BulkDataURI` or a path of tags names.

use crate::{
    archive::Archive,
    bulk_parts::BulkPart,
    bulk_value::{Bulk, Found, found, stored},
    document::Source,
    error::Error,
    form::{Choose, is_coded},
    frames::Giving,
    headers::Opened,
    remote::Body,
    rendition::{document_type, moving_type, video},
    version::Version,
};
use audit_log::What;
use catalog::Scope;
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, Element, Instance, Principal, Tag, VR, Value, tags};
use part10::FrameIndex;

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
        let attributes = &opened.known.header.attributes;
        if is_coded(&instance) && is_of(place, attributes, tags::PIXEL_DATA) {
            return self.coded_pixels(opened, instance, choose).await;
        }
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
        let is_document = is_of(place, attributes, tags::ENCAPSULATED_DOCUMENT);
        let media_type = is_document.then(|| document_type(&instance)).flatten();
        Ok(BulkData::Value(Bulk::found(media_type, version, value)))
    }

    async fn coded_pixels(&self, opened: Opened, instance: Instance, choose: Choose) -> Result<BulkData, Error> {
        let mut version = Version::of(&instance, "");
        if let Some(media_type) = moving_type(&opened, &instance).await? {
            version.add(media_type.as_bytes());
            let value = Found::Document { source: Source::Ranges(video(&opened)?), opened };
            return Ok(BulkData::Value(Bulk::found(Some(media_type), version, value)));
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

/// Whether a place is that of an element of the data set itself.
fn is_of(place: &BulkPlace, attributes: &DataSet, wanted: Tag) -> bool {
    match place {
        BulkPlace::Path(path, tag) => path.is_empty() && *tag == wanted,
        BulkPlace::Span(at, _) => matches!(
            attributes.get(wanted),
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
    Ok(Bulk::found(None, Version::empty(), value).all())
}

/// VR of the value that lies there; `None` when none begins and ends so.
fn vr_at(attributes: &DataSet, offset: u64, length: u64) -> Option<VR> {
    attributes.iter().find_map(|(_, element)| match &element.value {
        Value::Bulk { offset: at, length: bytes } if (*at, *bytes) == (offset, length) => Some(element.vr),
        Value::Sequence(items) => items.iter().find_map(|item| vr_at(item, offset, length)),
        _ => None,
    })
}
