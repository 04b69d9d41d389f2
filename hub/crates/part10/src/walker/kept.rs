//! Keeps values: which ones, decoded how, and at what cost.

use super::pixels::is_pixel_data;
use super::{ELEMENT_COST, State, Walker};
use crate::Error;
use crate::charset::CharacterSet;
use crate::coding::Coding;
use crate::header::Warning;
use crate::level::Kind;
use crate::value::{self, is_text};
use imaging_domain::{Tag, VR, Value, attribute, tags};
use std::sync::{Arc, LazyLock};

/// What an index header carries, ascending.
static INDEX: LazyLock<Vec<Tag>> = LazyLock::new(|| {
    let mut kept: Vec<Tag> = attribute::kept_from_file().chain(NUMBERS).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
});

/// What identity and the frame index need beyond the attribute table.
const NUMBERS: [Tag; 13] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::SAMPLES_PER_PIXEL,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::PLANAR_CONFIGURATION,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::HIGH_BIT,
    tags::PIXEL_REPRESENTATION,
    tags::NUMBER_OF_FRAMES,
    tags::EXTENDED_OFFSET_TABLE,
    tags::EXTENDED_OFFSET_TABLE_LENGTHS,
];

/// Whether viewers look for a value as bulk data however short it is: colour profiles, and the arrays of annotations.
fn is_looked_for_apart(tag: Tag, vr: VR) -> bool {
    tag == tags::ICC_PROFILE || matches!(vr, VR::OD | VR::OF | VR::OL | VR::OV)
}

impl Walker {
    pub(super) fn kept_element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        if vr == VR::SQ && length > 0 {
            let end = self.position + u64::from(length);
            let mut level = self.top().inner(Kind::Sequence, tag, Some(end));
            level.coding = coding;
            return self.open(level);
        }
        let most = if is_text(vr) { self.limits.text_value_bytes } else { self.max_inline };
        let small = value::is_number(vr) && length <= 8;
        let apart = is_pixel_data(tag) || self.everything && is_looked_for_apart(tag, vr);
        let fits = (length as usize <= most || small) && (!apart || length == 0);
        if fits {
            self.charge(ELEMENT_COST)?;
            self.state = State::Value { tag, vr, coding, length: length as usize };
            return Ok(());
        }
        let position = self.position;
        self.skip(u64::from(length));
        if is_text(vr) && !self.everything {
            self.warnings.add(Warning::LongText(tag));
            return Ok(());
        }
        self.put(tag, vr, Value::Bulk { offset: position, length: u64::from(length) })
    }

    pub(super) fn is_kept(&self, tag: Tag) -> bool {
        // what is written again is not kept
        if self.output.is_some() {
            return false;
        }
        if self.stack.len() > 1 {
            return self.top().kept && tag.element() != 0;
        }
        if !self.everything {
            return INDEX.binary_search(&tag).is_ok() || self.is_watched(tag);
        }
        tag.element() != 0 && !matches!(tag.group(), 0 | 2)
    }

    /// Decodes a kept value.
    pub(super) fn value(&mut self, tag: Tag, vr: VR, coding: Coding, bytes: &[u8]) -> Result<(), Error> {
        if tag == tags::SPECIFIC_CHARACTER_SET {
            return self.character_set(tag, vr, bytes);
        }
        let last = self.stack.len() - 1;
        let level = &mut self.stack[last];
        let (value, clean) = value::decode(vr, coding, &level.charset, bytes);
        if !clean {
            self.warnings.add(if is_text(vr) { Warning::CharacterSet } else { Warning::ValueLength(tag) });
        }
        if value::has_character_set(vr) && !bytes.is_ascii() && level.data.get(tags::SPECIFIC_CHARACTER_SET).is_none() {
            let raw = bytes.to_vec();
            self.charge(raw.len() as u64)?;
            self.stack[last].undecided.push((tag, vr, raw));
        }
        if tag == tags::PIXEL_REPRESENTATION && last == 0 {
            self.signed = matches!(&value, Value::Int(values) if values.first() == Some(&1));
        }
        self.put(tag, vr, value)
    }

    /// A new character set, for this level and what lies in it; also for texts that came too early.
    pub(super) fn character_set(&mut self, tag: Tag, vr: VR, bytes: &[u8]) -> Result<(), Error> {
        let last = self.stack.len() - 1;
        let (value, _) = value::decode(vr, Coding::IMPLICIT, &CharacterSet::default(), bytes);
        if let Value::Text(labels) = &value {
            let (charset, known) = CharacterSet::named(labels);
            if !known {
                self.warnings.add(Warning::CharacterSet);
            }
            self.stack[last].charset = Arc::new(charset);
        }
        let early = std::mem::take(&mut self.stack[last].undecided);
        for (tag, vr, raw) in early {
            let (value, _) = value::decode(vr, Coding::IMPLICIT, &self.stack[last].charset, &raw);
            self.put(tag, vr, value)?;
        }
        self.put(tag, vr, value)
    }

    pub(super) fn put(&mut self, tag: Tag, vr: VR, value: Value) -> Result<(), Error> {
        self.charge(value::cost(&value))?;
        let last = self.stack.len() - 1;
        self.stack[last].data.put(tag, vr, value);
        Ok(())
    }
}
