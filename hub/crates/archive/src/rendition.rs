//! What an instance can be shown as (PS3.18 8.7.4): pictures, a moving picture, a document, a report.

use crate::{
    archive::Archive,
    document::{Document, Source},
    error::Error,
    headers::Opened,
    retrieve::first,
};
use audit_log::{Event, What};
use catalog::Scope;
use imaging_domain::{DataSet, Instance, Principal, transfer_syntax, transfer_syntax::PixelCoding};
use rendering::is_presentation_state;
use std::ops::Range;

/// Encapsulated documents and their media types (PS3.3 A.45): those that PS3.18 8.7.4 lets be given.
const DOCUMENTS: &[(&str, &str)] =
    &[("1.2.840.10008.5.1.4.1.1.104.1", "application/pdf"), ("1.2.840.10008.5.1.4.1.1.104.2", "text/xml")];
/// Of moving pictures that no player opens as they are stored.
const UNPLAYABLE: &str = "the moving picture is not stored as a file of its own, and cannot be decoded";
/// What the UIDs of all structured reports begin with (PS3.3 A.35), and of key object selections.
const REPORTS: &str = "1.2.840.10008.5.1.4.1.1.88.";

/// What the instance that stands for a scope can be shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendition {
    /// Pictures, of so many frames.
    Image(u32),
    /// Pictures of the image that a presentation state is about.
    PresentationState,
    /// A document as stored, of this media type.
    Document(&'static str),
    /// A moving picture as stored, of this media type and so many frames.
    Moving(&'static str, u32),
    /// A structured report.
    Report,
}

impl Archive {
    /// What the instance that stands for a scope can be shown as. It tells nothing but the kind, so it is no event.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance; [`Error::Unsupported`] when it cannot be shown as anything.
    pub async fn rendition(&self, who: &Principal, scope: &Scope) -> Result<Rendition, Error> {
        let permit = self.may_view(who, What::View, scope).await?;
        let copies = self.standing_for(&permit, scope).await?;
        let instance = first(&copies);
        let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
        if is_presentation_state(class) {
            return Ok(Rendition::PresentationState);
        }
        if class.starts_with(REPORTS) {
            return Ok(Rendition::Report);
        }
        if let Some(media_type) = document_type(instance) {
            return Ok(Rendition::Document(media_type));
        }
        match (instance.frames, transfer_syntax::of(&instance.transfer_syntax).coding) {
            (0, _) => Err(Error::Unsupported("instance is no image, document or report")),
            (frames, PixelCoding::Video) => {
                let opened = self.opened_copy(&permit, &copies).await?;
                let moving = moving_type(&opened, instance).await?;
                moving.map(|media_type| Rendition::Moving(media_type, frames)).ok_or(Error::Unsupported(UNPLAYABLE))
            }
            (frames, _) => Ok(Rendition::Image(frames)),
        }
    }

    /// A document, or a moving picture that [`rendition`](Self::rendition) says can be given.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance; [`Error::Unsupported`] when it is no document.
    pub async fn document(&self, who: &Principal, scope: &Scope) -> Result<Document, Error> {
        let (opened, instance) = self.representative(who, scope).await?;
        let (media_type, source) = match document_type(&instance) {
            Some(media_type) => (media_type, Source::encapsulated(&opened.known.header.attributes)?),
            None => match moving_type(&opened, &instance).await? {
                Some(media_type) => (media_type, Source::Ranges(video(&opened)?)),
                None => return Err(Error::Unsupported("instance is no document")),
            },
        };
        let length = source.length();
        let body = move |from, length| source.body(&opened, from, length);
        Ok(Document { media_type, length, version: instance.digest.to_string(), body: Box::new(body) })
    }

    /// The attributes of a structured report.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance.
    pub async fn report(&self, who: &Principal, scope: &Scope) -> Result<DataSet, Error> {
        let (opened, _) = self.representative(who, scope).await?;
        Ok(opened.known.header.attributes.clone())
    }

    /// The instance that stands for a scope, opened up, after the event was written down.
    async fn representative(&self, who: &Principal, scope: &Scope) -> Result<(Opened, Instance), Error> {
        let permit = self.may_view(who, What::View, scope).await?;
        let copies = self.standing_for(&permit, scope).await?;
        let event = Event::new(What::View, who).study(&scope.study).count(1);
        let opened = self.recorded(event, self.opened_copy(&permit, &copies)).await?;
        Ok((opened, first(&copies).clone()))
    }
}

/// The media type of an encapsulated document that may be given.
pub(crate) fn document_type(instance: &Instance) -> Option<&'static str> {
    let class = instance.sop_class.as_ref()?.as_str();
    DOCUMENTS.iter().find(|(known, _)| *known == class).map(|(_, media_type)| *media_type)
}

/// The media type of a moving picture whose stream is a file that players open.
pub(crate) async fn moving_type(opened: &Opened, instance: &Instance) -> Result<Option<&'static str>, Error> {
    let syntax = transfer_syntax::of(&instance.transfer_syntax);
    if syntax.coding != PixelCoding::Video {
        return Ok(None);
    }
    let ranges = video(opened)?;
    let head = ranges.first().map_or(0..0, |range| range.start..range.end.min(range.start + 12));
    let head = opened.read(head).await?;
    Ok(match head.get(4..8) {
        Some(b"ftyp") => Some("video/mp4"),
        // a program stream or an elementary stream begins with a start code (ISO/IEC 13818-1 2.5.3.3)
        _ if syntax.media_type == "video/mpeg" && head.starts_with(&[0, 0, 1]) => Some("video/mpeg"),
        _ => None,
    })
}

/// Where a moving picture lies: all of its fragments.
pub(crate) fn video(opened: &Opened) -> Result<Vec<Range<u64>>, Error> {
    let frames = opened.known.frames.as_ref().ok_or(Error::Unsupported("instance has no pixel data"))?;
    Ok(frames.frame(0).ok_or(Error::NotFound("frame"))?.ranges.clone())
}
