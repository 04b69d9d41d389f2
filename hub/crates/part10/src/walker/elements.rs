//! Reads headers: elements, items and delimiters, and what is done when one stands where it should not.

use super::pixels::is_pixel_data;
use super::{Fragments, State, Walker, swapped};
use crate::coding::{Coding, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, dictionary_vr, has_long_length, vr_of};
use crate::header::Warning;
use crate::level::Kind;
use crate::{Error, PixelData};
use imaging_domain::{Tag, VR};

impl Walker {
    /// Bytes left of the innermost level: none when fragments have gone on beyond it.
    pub(super) fn left(&self) -> u64 {
        self.top().end.saturating_sub(self.position)
    }

    pub(super) fn header(&mut self, mut header: [u8; 8]) -> Result<(), Error> {
        self.position += 8;
        self.count()?;
        self.state = State::Header;
        if matches!(header[..4], [0xFF, 0xFE, 0xE0, _] | [0xFE, 0xFF, _, 0xE0]) {
            let big = header[0] == 0xFF;
            if big != self.top().coding.big {
                self.warnings.add(Warning::ByteOrder);
                header = swapped(header);
            }
            let coding = self.top().coding;
            return self.delimiter(coding.tag(&header), coding.u32(&header[4..]));
        }
        if self.top().kind == Kind::Sequence && !self.leave_broken_sequence() {
            return Ok(());
        }
        self.recognise(&header);
        let coding = self.top().coding;
        let tag = coding.tag(&header);
        if self.stack.len() == 1 && self.ends_at(tag, &header) {
            return Ok(());
        }
        self.note_begin(tag);
        if !coding.explicit {
            let length = coding.u32(&header[4..]);
            // the dictionary is not asked about values that nobody wants
            let wanted = length == UNDEFINED || is_pixel_data(tag) || self.is_kept(tag) || self.output.is_some();
            let vr = if wanted { dictionary_vr(tag, self.signed) } else { VR::UN };
            return self.element(tag, vr, length, coding);
        }
        match vr_of(&header[4..]) {
            Some(vr) if has_long_length(vr) => self.state = State::LongLength { tag, vr },
            Some(vr) => return self.element(tag, vr, u32::from(coding.u16(&header[6..])), coding),
            None => return self.unknown_vr(tag, &header, coding),
        }
        Ok(())
    }

    /// Recognises from its first element whether an item is coded otherwise than the data set around it.
    pub(super) fn recognise(&mut self, header: &[u8; 8]) {
        let last = self.stack.len() - 1;
        let level = &mut self.stack[last];
        if !std::mem::replace(&mut level.is_first, false) {
            return;
        }
        let vr = vr_of(&header[4..]);
        if !level.coding.explicit {
            let known = dictionary_vr(level.coding.tag(header), self.signed);
            level.coding.explicit = vr.is_some_and(|vr| vr == known || known == VR::UN);
        } else if vr.is_none() && !header[4..6].iter().all(u8::is_ascii_uppercase) {
            level.coding = Coding { explicit: false, ..level.coding };
        }
    }

    /// A sequence where an element follows instead of an item. Says whether the element can be read on: where the
    /// sequence has no end of its own, its delimiter is taken as forgotten.
    pub(super) fn leave_broken_sequence(&mut self) -> bool {
        let (tag, undefined, end) = (self.top().tag, self.top().undefined, self.top().end);
        if !undefined || end != u64::MAX {
            self.warnings.add(Warning::BrokenSequence(tag));
            let remaining = end - self.position.min(end);
            self.skip(remaining);
            return false;
        }
        self.warnings.add(Warning::Delimiter);
        self.close();
        true
    }

    pub(super) fn delimiter(&mut self, tag: Tag, length: u32) -> Result<(), Error> {
        match (tag, self.top().kind) {
            (ITEM, Kind::Sequence) => self.item(length),
            (SEQUENCE_END, Kind::Sequence) if self.top().undefined => {
                self.close();
                Ok(())
            }
            (ITEM_END, Kind::DataSet) if self.stack.len() > 1 && self.top().undefined => {
                self.close();
                Ok(())
            }
            // the item's own delimiter was forgotten
            (SEQUENCE_END, Kind::DataSet) if self.stack.len() > 1 && self.top().undefined => {
                self.warnings.add(Warning::Delimiter);
                self.close();
                if self.top().undefined {
                    self.close();
                }
                Ok(())
            }
            (ITEM, Kind::DataSet) if self.stack.len() > 1 && self.top().undefined => {
                self.warnings.add(Warning::Delimiter);
                self.close();
                self.item(length)
            }
            _ => {
                self.warnings.add(Warning::Delimiter);
                Ok(())
            }
        }
    }

    pub(super) fn item(&mut self, length: u32) -> Result<(), Error> {
        let end = (length != UNDEFINED).then(|| self.position + u64::from(length));
        if end.is_some_and(|end| end > self.top().end) {
            let tag = self.top().tag;
            self.warnings.add(Warning::Overrun(tag));
        }
        let level = self.top().inner(Kind::DataSet, self.top().tag, end);
        self.open(level)
    }

    /// An element whose header is read and whose value comes next.
    pub(super) fn element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        self.state = State::Header;
        if self.stack.len() == 1 {
            self.order(tag);
            self.note_header(vr, length);
        }
        if length == UNDEFINED {
            return self.undefined(tag, vr, coding);
        }
        let left = self.left();
        if u64::from(length) > left {
            self.warnings.add(Warning::Overrun(tag));
            if vr != VR::SQ {
                self.skip(left);
                return Ok(());
            }
        }
        // UN of known length holds implicit little endian (PS3.5 6.2.2)
        let (vr, coding) = match vr {
            VR::UN if coding.explicit => match dictionary_vr(tag, self.signed) {
                VR::UN => (vr, coding),
                known => (known, Coding::IMPLICIT),
            },
            _ => (vr, coding),
        };
        let root_pixels = self.stack.len() == 1 && is_pixel_data(tag) && self.pixel_data.is_none();
        if root_pixels {
            let (offset, length) = (self.position, u64::from(length));
            self.pixel_data = Some(PixelData { tag, vr, offset, length, encapsulated: false });
        }
        if self.output.is_some() {
            return self.write_element(tag, vr, length, coding);
        }
        if !self.is_kept(tag) {
            self.skip(u64::from(length));
            return Ok(());
        }
        self.kept_element(tag, vr, length, coding)
    }

    /// A value of undefined length: items of pixel data, or a sequence.
    pub(super) fn undefined(&mut self, tag: Tag, vr: VR, coding: Coding) -> Result<(), Error> {
        let bytes = matches!(vr, VR::OB | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV);
        if is_pixel_data(tag) || (bytes && coding.explicit) {
            let vr = if vr == VR::UN { VR::OB } else { vr };
            self.fragments = Some(Fragments { tag, vr, offset: self.position, coding });
            self.state = State::Fragment;
            return self.write_fragments(tag);
        }
        let silent = self.write_before(tag);
        let kept = self.is_kept(tag);
        let mut level = self.top().inner(Kind::Sequence, tag, None);
        level.kept = kept;
        level.silent = silent;
        // UN of undefined length holds implicit little endian items (PS3.5 6.2.2 note 7, CP-246)
        level.coding = if vr == VR::UN { Coding::IMPLICIT } else { coding };
        self.open(level)
    }

    pub(super) fn order(&mut self, tag: Tag) {
        if tag.group() == 2 || tag.group() == 0 {
            self.warnings.add(Warning::MisplacedGroup);
            return;
        }
        if tag == self.last_tag {
            self.warnings.add(Warning::Duplicate(tag));
        } else if tag < self.last_tag {
            self.warnings.add(Warning::OutOfOrder);
        }
        self.last_tag = tag.max(self.last_tag);
    }
}
