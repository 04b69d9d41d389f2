//! Walks over pixel data without reading it: the items of encapsulated values, and where the data set ends after it.

use super::{Fragments, State, Walker, swapped};
use crate::coding::{ITEM, SEQUENCE_END, UNDEFINED, dictionary_vr, vr_of};
use crate::header::Warning;
use crate::{Error, PixelData};
use imaging_domain::{Tag, VR, Value, tags};

impl Walker {
    /// Whether the outermost data set has ended before this header: zeros, or nothing believable after the pixels.
    pub(super) fn ends_at(&mut self, tag: Tag, header: &[u8; 8]) -> bool {
        let garbage = self.pixel_data.is_some_and(|pixel| {
            let unbelievable = self.top().coding.explicit && vr_of(&header[4..]).is_none();
            let unknown = tag.group().is_multiple_of(2) && dictionary_vr(tag, false) == VR::UN;
            unbelievable || (tag < pixel.tag && unknown)
        });
        if *header != [0; 8] && !garbage {
            return false;
        }
        self.position -= 8;
        self.warnings.add(Warning::TrailingBytes);
        self.state = State::Ended;
        true
    }

    pub(super) fn fragment(&mut self, mut header: [u8; 8]) -> Result<(), Error> {
        let Some(fragments) = self.fragments else { return Err(Error::Malformed("fragment outside of pixel data")) };
        self.count()?;
        if matches!(header[..2], [0xFF, 0xFE] | [0xFE, 0xFF]) && (header[0] == 0xFF) != fragments.coding.big {
            self.warnings.add(Warning::ByteOrder);
            header = swapped(header);
        }
        let tag = fragments.coding.tag(&header);
        let length = fragments.coding.u32(&header[4..]);
        if tag == ITEM && length != UNDEFINED {
            self.position += 8;
            self.write_fragment(length);
            self.state = State::Skip { remaining: u64::from(length), fragments: true };
            return Ok(());
        }
        self.end_fragments(fragments);
        self.fragments = None;
        self.state = State::Header;
        if tag == SEQUENCE_END {
            self.position += 8;
            return Ok(());
        }
        self.warnings.add(Warning::BrokenFragments);
        self.header(header)
    }

    pub(super) fn end_fragments(&mut self, fragments: Fragments) {
        let Fragments { tag, vr, offset, .. } = fragments;
        let length = self.position - offset;
        self.write_fragments_end();
        if self.stack.len() == 1 && is_pixel_data(tag) && self.pixel_data.is_none() {
            self.pixel_data = Some(PixelData { tag, vr, offset, length, encapsulated: true });
        }
        if self.is_kept(tag) {
            let last = self.stack.len() - 1;
            self.stack[last].data.put(tag, vr, Value::Bulk { offset, length });
        }
    }

    /// Shortens pixel data to what came.
    pub(super) fn cut_pixel_data(&mut self) {
        if let Some(fragments) = self.fragments.take() {
            self.end_fragments(fragments);
        }
        if let Some(pixel_data) = &mut self.pixel_data {
            pixel_data.length = pixel_data.length.min(self.position.saturating_sub(pixel_data.offset));
        }
        if let (true, Some(pixel), Some(root)) = (self.everything, self.pixel_data, self.stack.first_mut()) {
            root.data.put(pixel.tag, pixel.vr, Value::Bulk { offset: pixel.offset, length: pixel.length });
        }
    }
}

/// Whether the tag holds pixels (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25).
pub(super) fn is_pixel_data(tag: Tag) -> bool {
    matches!(tag, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA)
}
