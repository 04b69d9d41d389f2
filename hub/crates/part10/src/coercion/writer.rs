//! Writes what is new as what is around it is written.

use super::{CoercionError, Modification, ORIGINAL_ATTRIBUTES_SEQUENCE, Splice, last_span, write};
use crate::{
    Places,
    coding::{Coding, ITEM, SEQUENCE_END, UNDEFINED, has_long_length},
    data_set::{Coder, padding},
};
use imaging_domain::{DataSet, Tag, VR, Value, tags};

const MODIFIED_ATTRIBUTES_SEQUENCE: Tag = Tag(0x0400, 0x0550);
const ATTRIBUTE_MODIFICATION_DATE_TIME: Tag = Tag(0x0400, 0x0562);
const MODIFYING_SYSTEM: Tag = Tag(0x0400, 0x0563);
const SOURCE_OF_PREVIOUS_VALUES: Tag = Tag(0x0400, 0x0564);
const REASON_FOR_THE_ATTRIBUTE_MODIFICATION: Tag = Tag(0x0400, 0x0565);
/// The most bytes of a value with a 16-bit length, even.
const LONGEST_SHORT: usize = 65_534;

/// Writes elements as those around them are written.
pub(super) struct Writer {
    coding: Coding,
    coder: Option<Coder>,
}

impl Writer {
    pub(super) fn of(coding: Coding, attributes: &DataSet) -> Self {
        let labels = match attributes.get(tags::SPECIFIC_CHARACTER_SET).map(|element| &element.value) {
            Some(Value::Text(labels)) => labels.as_slice(),
            _ => &[],
        };
        let said = labels.iter().any(|label| !label.is_empty());
        Self { coding, coder: if said { Coder::named(labels) } else { Some(Coder::Ascii) } }
    }

    /// Original Attributes Sequence with one more item.
    pub(super) fn append(
        &self,
        places: &Places,
        item: Vec<u8>,
        splices: &mut Vec<Splice>,
    ) -> Result<(), CoercionError> {
        let Some(span) = last_span(places, ORIGINAL_ATTRIBUTES_SEQUENCE) else {
            let mut with = vec![];
            self.head(ORIGINAL_ATTRIBUTES_SEQUENCE, VR::SQ, UNDEFINED, &mut with);
            with.extend(item);
            self.delimiter(SEQUENCE_END, 0, &mut with);
            write(places, ORIGINAL_ATTRIBUTES_SEQUENCE, with, splices);
            return Ok(());
        };
        let tag = ORIGINAL_ATTRIBUTES_SEQUENCE;
        // without VRs nothing says what it is but its tag
        if (self.coding.explicit && span.vr != VR::SQ)
            || places.places.get(&tag).is_some_and(|place| place.spans.len() > 1)
        {
            return Err(CoercionError::OriginalAttributes);
        }
        if span.undefined {
            let at = span.end.checked_sub(8).filter(|at| *at >= span.value).ok_or(CoercionError::OriginalAttributes)?;
            splices.push(Splice { tag, at: at..at, with: item });
            return Ok(());
        }
        let length = (span.end - span.value).saturating_add(item.len() as u64);
        let length = u32::try_from(length).ok().filter(|length| *length != UNDEFINED);
        let length = length.ok_or(CoercionError::TooLong)?;
        splices.push(Splice { tag, at: span.value - 4..span.value, with: self.u32(length) });
        splices.push(Splice { tag, at: span.end..span.end, with: item });
        Ok(())
    }

    /// What was there before (PS3.3 table C.12-1, Original Attributes Sequence).
    pub(super) fn item(&self, originals: &[u8], modification: &Modification) -> Result<Vec<u8>, CoercionError> {
        let Modification { at, system, source, reason } = modification;
        let mut content = vec![];
        self.head(MODIFIED_ATTRIBUTES_SEQUENCE, VR::SQ, UNDEFINED, &mut content);
        self.delimiter(ITEM, originals.len() as u32, &mut content);
        content.extend_from_slice(originals);
        self.delimiter(SEQUENCE_END, 0, &mut content);
        self.text(ATTRIBUTE_MODIFICATION_DATE_TIME, VR::DT, at, &mut content)?;
        self.text(MODIFYING_SYSTEM, VR::LO, system, &mut content)?;
        self.text(SOURCE_OF_PREVIOUS_VALUES, VR::LO, source, &mut content)?;
        self.text(REASON_FOR_THE_ATTRIBUTE_MODIFICATION, VR::CS, reason, &mut content)?;
        let mut item = vec![];
        self.delimiter(ITEM, content.len() as u32, &mut item);
        item.extend(content);
        Ok(item)
    }

    pub(super) fn text(&self, tag: Tag, vr: VR, text: &str, out: &mut Vec<u8>) -> Result<(), CoercionError> {
        let coder = match self.coder {
            Some(coder) if crate::value::has_character_set(vr) => coder,
            // a character set that is not written here has ASCII all the same
            _ => Coder::Ascii,
        };
        let mut value = coder.encode(text, vr).ok_or(CoercionError::CharacterSet(tag))?;
        if value.len() % 2 == 1 {
            value.push(padding(vr));
        }
        let long = has_long_length(vr);
        if value.len() > LONGEST_SHORT && !long {
            return Err(CoercionError::Value(tag));
        }
        self.head(tag, vr, value.len() as u32, out);
        out.append(&mut value);
        Ok(())
    }

    /// Tag, VR and length (PS3.5 7.1.2, 7.1.3).
    fn head(&self, tag: Tag, vr: VR, length: u32, out: &mut Vec<u8>) {
        self.tag(tag, out);
        if !self.coding.explicit {
            out.extend(self.u32(length));
            return;
        }
        out.extend_from_slice(vr.to_string().as_bytes());
        if has_long_length(vr) {
            out.extend_from_slice(&[0; 2]);
            out.extend(self.u32(length));
        } else {
            out.extend(self.u16(length as u16));
        }
    }

    fn delimiter(&self, tag: Tag, length: u32, out: &mut Vec<u8>) {
        self.tag(tag, out);
        out.extend(self.u32(length));
    }

    fn tag(&self, tag: Tag, out: &mut Vec<u8>) {
        out.extend(self.u16(tag.group()));
        out.extend(self.u16(tag.element()));
    }

    fn u16(&self, number: u16) -> [u8; 2] {
        if self.coding.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn u32(&self, number: u32) -> Vec<u8> {
        if self.coding.big { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }
}
