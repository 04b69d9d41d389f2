//! Elements as bytes, and where bytes that came apart go between them.

use super::{
    Bulk, Segment,
    values::{bytes_of, padding},
};
use crate::error::Error;
use imaging_domain::{DataSet, Tag, VR, Value, tags};
use std::ops::Range;

/// The most bytes of a value with a 16-bit length.
const SHORT: u64 = 65_534;
const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];
const ITEM_END: [u8; 8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];
const SEQUENCE_END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
const UNDEFINED: [u8; 4] = [0xFF; 4];

/// Writes elements, in order, as pieces.
pub(super) struct Writer<'a> {
    bulk: &'a [Bulk],
    encapsulated: bool,
    segments: Vec<Segment>,
    open: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(bulk: &'a [Bulk], encapsulated: bool) -> Self {
        Self { bulk, encapsulated, segments: vec![], open: vec![] }
    }

    pub(super) fn write(mut self, data_set: &DataSet) -> Result<Vec<Segment>, Error> {
        self.data_set(data_set, true)?;
        self.close();
        Ok(self.segments)
    }

    fn data_set(&mut self, data_set: &DataSet, top: bool) -> Result<(), Error> {
        // group lengths would be wrong, and nobody needs them (PS3.5 7.2)
        for (tag, element) in data_set.iter().filter(|(tag, _)| tag.element() != 0) {
            match &element.value {
                Value::Sequence(items) => self.sequence(tag, items)?,
                Value::Bulk { offset, .. } => self.bulk(tag, element.vr, *offset, top)?,
                value => {
                    let bytes = bytes_of(element.vr, value)?;
                    self.head(tag, element.vr, bytes.len() as u64)?;
                    self.open.extend_from_slice(&bytes);
                }
            }
        }
        Ok(())
    }

    fn sequence(&mut self, tag: Tag, items: &[DataSet]) -> Result<(), Error> {
        self.tag(tag);
        self.open.extend_from_slice(b"SQ\0\0");
        self.open.extend_from_slice(&UNDEFINED);
        for item in items {
            self.open.extend_from_slice(&ITEM);
            self.open.extend_from_slice(&UNDEFINED);
            self.data_set(item, false)?;
            self.open.extend_from_slice(&ITEM_END);
        }
        self.open.extend_from_slice(&SEQUENCE_END);
        Ok(())
    }

    fn bulk(&mut self, tag: Tag, vr: VR, index: u64, top: bool) -> Result<(), Error> {
        let spans = self.bulk.get(index as usize).map(|bulk| bulk.spans.clone());
        let spans = spans.ok_or_else(|| Error::invalid("metadata", "bulk data did not come"))?;
        if self.encapsulated && top && tag == tags::PIXEL_DATA {
            self.tag(tag);
            self.open.extend_from_slice(b"OB\0\0");
            self.open.extend_from_slice(&UNDEFINED);
            // an empty offset table: one part is one frame
            self.open.extend_from_slice(&ITEM);
            self.open.extend_from_slice(&[0; 4]);
            for span in spans {
                self.open.extend_from_slice(&ITEM);
                self.open.extend_from_slice(&length(even(size(&span)))?);
                self.span(span, 0);
            }
            self.open.extend_from_slice(&SEQUENCE_END);
            return Ok(());
        }
        let total: u64 = spans.iter().map(size).sum();
        self.head(tag, vr, even(total))?;
        let last = spans.len().saturating_sub(1);
        for (at, span) in spans.into_iter().enumerate() {
            self.plain_span(span, if at == last && total % 2 == 1 { Some(padding(vr)) } else { None });
        }
        Ok(())
    }

    fn span(&mut self, span: Range<u64>, pad: u8) {
        let odd = size(&span) % 2 == 1;
        self.plain_span(span, odd.then_some(pad));
    }

    fn plain_span(&mut self, span: Range<u64>, pad: Option<u8>) {
        self.close();
        if size(&span) > 0 {
            self.segments.push(Segment::Bulk(span));
        }
        self.open.extend(pad);
    }

    fn tag(&mut self, tag: Tag) {
        self.open.extend_from_slice(&tag.group().to_le_bytes());
        self.open.extend_from_slice(&tag.element().to_le_bytes());
    }

    /// Tag, VR and length (PS3.5 table 7.1-1 and 7.1-2). A value too long for its VR's 16 bits is UN (PS3.5 6.2.2).
    fn head(&mut self, tag: Tag, vr: VR, size_bytes: u64) -> Result<(), Error> {
        self.tag(tag);
        let long = has_long_length(vr);
        if !long && size_bytes <= SHORT {
            self.open.extend_from_slice(vr.to_bytes().as_slice());
            self.open.extend_from_slice(&(size_bytes as u16).to_le_bytes());
            return Ok(());
        }
        self.open.extend_from_slice(if long { vr.to_bytes() } else { VR::UN.to_bytes() }.as_slice());
        self.open.extend_from_slice(&[0; 2]);
        self.open.extend_from_slice(&length(size_bytes)?);
        Ok(())
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.segments.push(Segment::Bytes(std::mem::take(&mut self.open)));
        }
    }
}

fn has_long_length(vr: VR) -> bool {
    use VR::{OB, OD, OF, OL, OV, OW, SQ, SV, UC, UN, UR, UT, UV};
    matches!(vr, OB | OD | OF | OL | OV | OW | SQ | SV | UC | UN | UR | UT | UV)
}

fn size(span: &Range<u64>) -> u64 {
    span.end.saturating_sub(span.start)
}

fn even(size: u64) -> u64 {
    size.next_multiple_of(2)
}

/// 32 bits, of which all ones mean something else.
fn length(size_bytes: u64) -> Result<[u8; 4], Error> {
    let fits = u32::try_from(size_bytes).ok().filter(|length| *length < u32::MAX);
    fits.map(u32::to_le_bytes).ok_or(Error::TooLong("value"))
}
