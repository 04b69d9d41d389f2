//! What an instance can be shown as (PS3.18 8.7.4): pictures, a moving picture, a document, a report.

use crate::{archive::Archive, error::Error, headers::Opened, remote::Body, retrieve::first};
use access_control::{Permit, View};
use audit_log::{Event, What};
use catalog::{InstanceCopies, Scope};
use futures_util::{StreamExt, stream};
use imaging_domain::{DataSet, Instance, Principal, Value, tags, transfer_syntax, transfer_syntax::PixelCoding};
use rendering::is_presentation_state;
use std::ops::Range;

/// Bytes of one piece of a document.
const PIECE: u64 = 1 << 20;
/// Encapsulated documents and their media types (PS3.3 A.45). What a browser could run is none of them.
const DOCUMENTS: &[(&str, &str)] =
    &[("1.2.840.10008.5.1.4.1.1.104.1", "application/pdf"), ("1.2.840.10008.5.1.4.1.1.104.2", "text/xml")];
/// What the UIDs of all structured reports begin with (PS3.3 A.35), and of key object selections.
const REPORTS: &str = "1.2.840.10008.5.1.4.1.1.88.";

/// What the instance that stands for a scope can be shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendition {
    /// Pictures, of so many frames.
    Image(u32),
    /// Pictures of the image that a presentation state is about.
    PresentationState,
    /// A document or moving picture as stored, of this media type.
    Document(&'static str),
    /// A structured report.
    Report,
}

/// A document or moving picture.
pub struct Document {
    /// Media type.
    pub media_type: &'static str,
    /// Bytes.
    pub length: u64,
    /// Changes when the bytes do.
    pub version: String,
    /// Gives bytes `from..from + length`, which are inside of the document.
    pub body: Box<dyn Fn(u64, u64) -> Body + Send + Sync>,
}

impl Archive {
    /// What the instance that stands for a scope can be shown as. It tells nothing but the kind, so it is no event.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance; [`Error::Unsupported`] when it cannot be shown as anything.
    pub async fn rendition(&self, who: &Principal, scope: &Scope) -> Result<Rendition, Error> {
        let permit = self.may_view(who, What::View, scope).await?;
        let copies = self.parts.index.representative(&permit, scope).await?;
        let instance = first(&copies);
        let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
        if is_presentation_state(class) {
            return Ok(Rendition::PresentationState);
        }
        if class.starts_with(REPORTS) {
            return Ok(Rendition::Report);
        }
        if let Some((_, media_type)) = DOCUMENTS.iter().find(|(known, _)| *known == class) {
            return Ok(Rendition::Document(media_type));
        }
        match (instance.frames, transfer_syntax::of(&instance.transfer_syntax).coding) {
            (0, _) => Err(Error::Unsupported("instance is no image, document or report")),
            (_, PixelCoding::Video) => self.moving(&permit, &copies).await.map(Rendition::Document),
            (frames, _) => Ok(Rendition::Image(frames)),
        }
    }

    /// The media type of a moving picture, if its stream is a file that players open.
    async fn moving(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<&'static str, Error> {
        let opened = self.opened_copy(permit, copies).await?;
        let ranges = video(&opened)?;
        let head = ranges.first().map_or(0..0, |range| range.start..range.end.min(range.start + 12));
        let head = opened.read(head).await?;
        let mpeg2 = transfer_syntax::of(&first(copies).transfer_syntax).media_type == "video/mpeg";
        match head.get(4..8) {
            Some(b"ftyp") => Ok("video/mp4"),
            // a program stream or an elementary stream begins with a start code (ISO/IEC 13818-1 2.5.3.3)
            _ if mpeg2 && head.starts_with(&[0, 0, 1]) => Ok("video/mpeg"),
            _ => Err(Error::Unsupported("the moving picture is not stored as a file of its own, and cannot be decoded")),
        }
    }

    /// A document, or a moving picture that [`rendition`](Self::rendition) says can be given.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an instance; [`Error::Unsupported`] when it is no document.
    pub async fn document(&self, who: &Principal, scope: &Scope) -> Result<Document, Error> {
        let (opened, instance) = self.representative(who, scope).await?;
        let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
        let known = DOCUMENTS.iter().find(|(known, _)| *known == class);
        let (media_type, source) = match known {
            Some((_, media_type)) => (*media_type, Source::encapsulated(&opened.known.header.attributes)?),
            None => match self.rendition(who, scope).await? {
                Rendition::Document(media_type) => (media_type, Source::Ranges(video(&opened)?)),
                _ => return Err(Error::Unsupported("instance is no document")),
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
        let copies = self.parts.index.representative(&permit, scope).await?;
        self.parts.audit.record(Event::new(What::View, who).study(&scope.study).count(1)).await?;
        Ok((self.opened_copy(&permit, &copies).await?, first(&copies).clone()))
    }
}

/// Where the bytes of a document are.
enum Source {
    Here(Vec<u8>),
    Ranges(Vec<Range<u64>>),
}

impl Source {
    /// Without the byte that makes a value's length even (PS3.3 C.24.2).
    fn encapsulated(attributes: &DataSet) -> Result<Self, Error> {
        let said = attributes.int(tags::ENCAPSULATED_DOCUMENT_LENGTH).and_then(|length| u64::try_from(length).ok());
        let own = |stored: u64| said.filter(|said| (stored.saturating_sub(1)..=stored).contains(said)).unwrap_or(stored);
        match attributes.get(tags::ENCAPSULATED_DOCUMENT).map(|element| &element.value) {
            Some(Value::Bytes(bytes)) => {
                let mut bytes = bytes.clone();
                bytes.truncate(own(bytes.len() as u64) as usize);
                Ok(Self::Here(bytes))
            }
            Some(Value::Bulk { offset, length }) => Ok(Self::Ranges(vec![*offset..offset + own(*length)])),
            _ => Err(Error::Unsupported("instance has no document in it")),
        }
    }

    fn length(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Ranges(ranges) => ranges.iter().map(|range| range.end - range.start).sum(),
        }
    }

    fn body(&self, opened: &Opened, from: u64, length: u64) -> Body {
        match self {
            Self::Here(bytes) => {
                let bytes = bytes.get(from as usize..(from + length) as usize).unwrap_or_default().to_vec();
                stream::iter([Ok(bytes.into())]).boxed()
            }
            Self::Ranges(ranges) => {
                let opened = opened.clone();
                let read = move |range| {
                    let opened = opened.clone();
                    async move { opened.read(range).await }
                };
                stream::iter(pieces(ranges, from, length)).map(read).buffered(2).boxed()
            }
        }
    }
}

/// The ranges that bytes `from..from + length` of ranges joined lie in, in pieces.
fn pieces(ranges: &[Range<u64>], from: u64, length: u64) -> Vec<Range<u64>> {
    let (mut at, mut out) = (0, vec![]);
    for range in ranges {
        let own = range.end - range.start;
        let (begin, end) = (from.max(at), (from + length).min(at + own));
        let mut piece = begin;
        while piece < end {
            let next = (piece + PIECE).min(end);
            out.push(range.start + (piece - at)..range.start + (next - at));
            piece = next;
        }
        at += own;
    }
    out
}

/// Where a moving picture lies: all of its fragments.
fn video(opened: &Opened) -> Result<Vec<Range<u64>>, Error> {
    let frames = opened.known.frames.as_ref().ok_or(Error::Unsupported("instance has no pixel data"))?;
    Ok(frames.frame(0).ok_or(Error::NotFound("frame"))?.ranges.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_ranges_are_their_bytes_in_order() {
        let ranges = [100..110, 200..220];
        assert_eq!(pieces(&ranges, 0, 30), [100..110, 200..220]);
        assert_eq!(pieces(&ranges, 5, 10), [105..110, 200..205]);
        assert_eq!(pieces(&ranges, 12, 3), [202..205]);
        let long = [0..3 * PIECE];
        assert_eq!(pieces(&long, 1, 2 * PIECE), [1..PIECE + 1, PIECE + 1..2 * PIECE + 1]);
    }
}
