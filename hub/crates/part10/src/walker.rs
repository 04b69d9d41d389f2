//! Walks the elements of a data set with an explicit stack; keeps what was asked for and skips the rest.

use crate::charset::CharacterSet;
use crate::coding::{Coding, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, dictionary_vr, has_long_length, vr_of};
use crate::header::{Warning, Warnings};
use crate::level::{Kind, Level};
use crate::value::{self, is_text};
use crate::{Error, Keep, Limits, PixelData};
use imaging_domain::transfer_syntax::Encoding;
use imaging_domain::{DataSet, Tag, VR, Value, attribute, tags};
use std::sync::{Arc, LazyLock};

/// Bookkeeping of one kept element, charged on top of its value.
const ELEMENT_COST: u64 = 96;

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

#[derive(Clone, Copy)]
enum State {
    /// Before the eight bytes of an element's or item's header.
    Header,
    /// Before the four-byte length of an explicit header.
    LongLength { tag: Tag, vr: VR },
    /// Before a value that is kept.
    Value { tag: Tag, vr: VR, coding: Coding, length: usize },
    /// Inside bytes that nobody wants.
    Skip { remaining: u64, fragments: bool },
    /// Before an item of encapsulated pixel data.
    Fragment,
    /// After the data set.
    Ended,
}

/// Where the encapsulated value being walked began.
#[derive(Clone, Copy)]
struct Fragments {
    tag: Tag,
    vr: VR,
    offset: u64,
    coding: Coding,
}

/// The walker: fed the bytes of a data set, in pieces of any size.
pub(crate) struct Walker {
    limits: Limits,
    everything: bool,
    max_inline: usize,
    state: State,
    /// Bytes walked, counted from the data set's first.
    position: u64,
    carry: Vec<u8>,
    stack: Vec<Level>,
    fragments: Option<Fragments>,
    elements: u64,
    kept_bytes: u64,
    signed: bool,
    last_tag: Tag,
    pixel_data: Option<PixelData>,
    warnings: Warnings,
}

impl Walker {
    pub fn new(encoding: Encoding, keep: Keep, limits: Limits) -> Self {
        let (everything, max_inline) = match keep {
            Keep::Index => (false, 0),
            Keep::Everything { max_inline_bytes } => (true, max_inline_bytes),
        };
        Self {
            limits,
            everything,
            max_inline,
            state: State::Header,
            position: 0,
            carry: Vec::new(),
            stack: vec![Level::root(Coding::of(encoding))],
            fragments: None,
            elements: 0,
            kept_bytes: 0,
            signed: false,
            last_tag: Tag(0, 0),
            pixel_data: None,
            warnings: Warnings::default(),
        }
    }

    /// Takes the next bytes of the data set.
    pub fn feed(&mut self, mut input: &[u8]) -> Result<(), Error> {
        let mut carry = std::mem::take(&mut self.carry);
        let result = self.walk(&mut input, &mut carry);
        self.carry = carry;
        result
    }

    fn walk(&mut self, input: &mut &[u8], carry: &mut Vec<u8>) -> Result<(), Error> {
        loop {
            match self.state {
                State::Ended => {
                    if !input.is_empty() {
                        self.warnings.add(Warning::TrailingBytes);
                    }
                    return Ok(());
                }
                State::Skip { remaining, fragments } => {
                    let step = remaining.min(input.len() as u64);
                    *input = &input[step as usize..];
                    self.position += step;
                    if step < remaining {
                        self.state = State::Skip { remaining: remaining - step, fragments };
                        return Ok(());
                    }
                    self.state = if fragments { State::Fragment } else { State::Header };
                }
                State::Header => {
                    if carry.is_empty() && self.settle(8) {
                        continue;
                    }
                    let Some(header) = gather(carry, input, 8) else { return Ok(()) };
                    let header = eight(header);
                    carry.clear();
                    self.header(header)?;
                }
                State::LongLength { tag, vr } => {
                    if carry.is_empty() && self.settle(4) {
                        continue;
                    }
                    let Some(length) = gather(carry, input, 4) else { return Ok(()) };
                    let coding = self.top().coding;
                    let length = coding.u32(length);
                    carry.clear();
                    self.position += 4;
                    self.element(tag, vr, length, coding)?;
                }
                State::Value { tag, vr, coding, length } => {
                    let Some(bytes) = gather(carry, input, length) else { return Ok(()) };
                    self.position += length as u64;
                    self.state = State::Header;
                    self.value(tag, vr, coding, bytes)?;
                    carry.clear();
                    carry.shrink_to(64 << 10);
                }
                State::Fragment => {
                    let Some(header) = gather(carry, input, 8) else { return Ok(()) };
                    let header = eight(header);
                    carry.clear();
                    self.fragment(header)?;
                }
            }
        }
    }

    /// Ends the walk: the outermost data set and where its pixel data lies.
    pub fn finish(mut self: Box<Self>, warnings: &mut Warnings) -> (DataSet, Option<PixelData>) {
        let inside = match self.state {
            State::Header => self.is_inside() || !self.carry.is_empty(),
            State::Skip { remaining: 0, fragments } => fragments,
            State::Value { length: 0, .. } => false,
            State::Ended => false,
            _ => true,
        };
        // up to seven bytes after the last element are padding rather than the beginning of another one
        let padding = matches!(self.state, State::Header) && !self.is_inside() && self.carry.iter().all(|b| *b == 0);
        for warning in std::mem::take(&mut self.warnings.0) {
            warnings.add(warning);
        }
        if padding && !self.carry.is_empty() {
            warnings.add(Warning::TrailingBytes);
        } else if inside {
            warnings.add_always(Warning::Truncated);
        }
        self.cut_pixel_data();
        while self.stack.len() > 1 {
            self.close();
        }
        let root = self.stack.pop().map(|level| level.data).unwrap_or_default();
        (root, self.pixel_data)
    }

    /// Whether a nested level is open that has not reached its end.
    fn is_inside(&self) -> bool {
        self.stack.iter().skip(1).any(|level| level.undefined || level.end > self.position)
    }

    /// Shortens pixel data to what came.
    fn cut_pixel_data(&mut self) {
        if let Some(fragments) = self.fragments.take() {
            self.end_fragments(fragments);
        }
        if let Some(pixel_data) = &mut self.pixel_data {
            pixel_data.length = pixel_data.length.min(self.position.saturating_sub(pixel_data.offset));
        }
        if let (Some(pixel), Some(root)) = (self.pixel_data, self.stack.first_mut()) {
            if self.everything {
                root.data.put(pixel.tag, pixel.vr, Value::Bulk { offset: pixel.offset, length: pixel.length });
            }
        }
    }

    /// Whether the place of SOP Instance UID lies behind, or the data set has ended.
    pub fn has_passed_identity(&self) -> bool {
        self.last_tag > tags::SOP_INSTANCE_UID || matches!(self.state, State::Ended)
    }

    /// SOP Class UID and SOP Instance UID of the data set.
    pub fn identity(&self) -> (Option<&str>, Option<&str>) {
        let root = &self.stack[0].data;
        (root.text(tags::SOP_CLASS_UID), root.text(tags::SOP_INSTANCE_UID))
    }

    fn top(&self) -> &Level {
        // the root is only popped by finish(), which consumes the walker
        &self.stack[self.stack.len() - 1]
    }

    fn count(&mut self) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > self.limits.elements { Err(Error::Limit("elements")) } else { Ok(()) }
    }

    fn charge(&mut self, bytes: u64) -> Result<(), Error> {
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        if self.kept_bytes > self.limits.kept_bytes { Err(Error::Limit("kept bytes")) } else { Ok(()) }
    }

    fn skip(&mut self, remaining: u64) {
        self.state = State::Skip { remaining, fragments: false };
    }

    /// Closes levels that end here; when the innermost has too few bytes left for `wanted` more, skips to its end.
    /// Says whether the state changed.
    fn settle(&mut self, wanted: u64) -> bool {
        while self.stack.len() > 1 && self.top().end <= self.position {
            if matches!(self.state, State::LongLength { .. }) {
                self.state = State::Header;
            }
            self.close();
        }
        let left = self.top().end - self.position;
        if left < wanted {
            let tag = self.top().tag;
            self.warnings.add(Warning::Overrun(tag));
            self.skip(left);
        }
        left < wanted || (wanted == 4 && matches!(self.state, State::Header))
    }

    /// Closes the innermost level and puts what it held into the one around it.
    fn close(&mut self) {
        let Some(closed) = self.stack.pop() else { return };
        let Some(outer) = self.stack.last_mut() else { return };
        if !closed.kept {
            return;
        }
        match closed.kind {
            Kind::DataSet => outer.items.push(closed.data),
            Kind::Sequence => outer.data.put(closed.tag, closed.vr, Value::Sequence(closed.items)),
        }
    }

    fn open(&mut self, level: Level) -> Result<(), Error> {
        // a sequence and its item are two levels of the stack
        if self.stack.len() > self.limits.depth * 2 {
            return Err(Error::Limit("nesting depth"));
        }
        self.charge(if level.kept { ELEMENT_COST } else { 0 })?;
        self.stack.push(level);
        self.state = State::Header;
        Ok(())
    }

    fn header(&mut self, mut header: [u8; 8]) -> Result<(), Error> {
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
        if !coding.explicit {
            let vr = dictionary_vr(tag, self.signed);
            return self.element(tag, vr, coding.u32(&header[4..]), coding);
        }
        match vr_of(&header[4..]) {
            Some(vr) if has_long_length(vr) => self.state = State::LongLength { tag, vr },
            Some(vr) => return self.element(tag, vr, u32::from(coding.u16(&header[6..])), coding),
            None => return self.unknown_vr(tag, &header, coding),
        }
        Ok(())
    }

    /// An explicit element whose VR is none: two letters are an unknown VR with a short length, anything else is
    /// a length, because the element was written implicitly.
    fn unknown_vr(&mut self, tag: Tag, header: &[u8; 8], coding: Coding) -> Result<(), Error> {
        self.warnings.add(Warning::UnknownVr(tag));
        let vr = dictionary_vr(tag, self.signed);
        if header[4..6].iter().all(u8::is_ascii_uppercase) {
            return self.element(tag, vr, u32::from(coding.u16(&header[6..])), coding);
        }
        self.element(tag, vr, coding.u32(&header[4..]), coding)
    }

    /// Recognises from its first element whether an item is coded otherwise than the data set around it.
    fn recognise(&mut self, header: &[u8; 8]) {
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
    fn leave_broken_sequence(&mut self) -> bool {
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

    /// Whether the outermost data set has ended before this header: zeros, or nothing believable after the pixels.
    fn ends_at(&mut self, tag: Tag, header: &[u8; 8]) -> bool {
        let after_pixels = self.pixel_data.is_some_and(|pixel| tag < pixel.tag);
        let coding = self.top().coding;
        let unbelievable = coding.explicit && vr_of(&header[4..]).is_none();
        let unknown = tag.group() % 2 == 0 && dictionary_vr(tag, false) == VR::UN;
        let garbage = self.pixel_data.is_some() && (unbelievable || (after_pixels && unknown));
        if *header != [0; 8] && !garbage {
            return false;
        }
        self.position -= 8;
        self.warnings.add(Warning::TrailingBytes);
        self.state = State::Ended;
        true
    }

    fn delimiter(&mut self, tag: Tag, length: u32) -> Result<(), Error> {
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

    fn item(&mut self, length: u32) -> Result<(), Error> {
        let end = (length != UNDEFINED).then(|| self.position + u64::from(length));
        if end.is_some_and(|end| end > self.top().end) {
            let tag = self.top().tag;
            self.warnings.add(Warning::Overrun(tag));
        }
        let level = self.top().inner(Kind::DataSet, self.top().tag, end);
        self.open(level)
    }

    /// An element whose header is read and whose value comes next.
    fn element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        self.state = State::Header;
        if self.stack.len() == 1 {
            self.order(tag);
        }
        if length == UNDEFINED {
            return self.undefined(tag, vr, coding);
        }
        let left = self.top().end - self.position;
        if u64::from(length) > left {
            self.warnings.add(Warning::Overrun(tag));
            if vr != VR::SQ {
                self.skip(left);
                return Ok(());
            }
        }
        // UN of known length holds implicit little endian (PS3.5 6.2.2)
        let (vr, coding) = match dictionary_vr(tag, self.signed) {
            known if vr == VR::UN && known != VR::UN && coding.explicit => (known, Coding::IMPLICIT),
            _ => (vr, coding),
        };
        let root_pixels = self.stack.len() == 1 && is_pixel_data(tag) && self.pixel_data.is_none();
        if root_pixels {
            let (offset, length) = (self.position, u64::from(length));
            self.pixel_data = Some(PixelData { tag, vr, offset, length, encapsulated: false });
        }
        if !self.is_kept(tag) {
            self.skip(u64::from(length));
            return Ok(());
        }
        self.kept_element(tag, vr, length, coding)
    }

    fn kept_element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        if vr == VR::SQ && length > 0 {
            let end = self.position + u64::from(length);
            let mut level = self.top().inner(Kind::Sequence, tag, Some(end));
            level.coding = coding;
            return self.open(level);
        }
        let most = if is_text(vr) { self.limits.text_value_bytes } else { self.max_inline };
        let small = value::is_number(vr) && length <= 8;
        let fits = (length as usize <= most || small) && (!is_pixel_data(tag) || length == 0);
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

    /// A value of undefined length: items of pixel data, or a sequence.
    fn undefined(&mut self, tag: Tag, vr: VR, coding: Coding) -> Result<(), Error> {
        let bytes = matches!(vr, VR::OB | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV);
        if is_pixel_data(tag) || (bytes && coding.explicit) {
            let vr = if vr == VR::UN { VR::OB } else { vr };
            self.fragments = Some(Fragments { tag, vr, offset: self.position, coding });
            self.state = State::Fragment;
            return Ok(());
        }
        let kept = self.is_kept(tag);
        let mut level = self.top().inner(Kind::Sequence, tag, None);
        level.kept = kept;
        // UN of undefined length holds implicit little endian items (PS3.5 6.2.2 note 7, CP-246)
        level.coding = if vr == VR::UN { Coding::IMPLICIT } else { coding };
        self.open(level)
    }

    fn fragment(&mut self, mut header: [u8; 8]) -> Result<(), Error> {
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

    fn end_fragments(&mut self, fragments: Fragments) {
        let Fragments { tag, vr, offset, .. } = fragments;
        let length = self.position - offset;
        if self.stack.len() == 1 && is_pixel_data(tag) && self.pixel_data.is_none() {
            self.pixel_data = Some(PixelData { tag, vr, offset, length, encapsulated: true });
        }
        if self.is_kept(tag) {
            let last = self.stack.len() - 1;
            self.stack[last].data.put(tag, vr, Value::Bulk { offset, length });
        }
    }

    fn order(&mut self, tag: Tag) {
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

    fn is_kept(&self, tag: Tag) -> bool {
        if self.stack.len() > 1 {
            return self.top().kept && tag.element() != 0;
        }
        if !self.everything {
            return INDEX.binary_search(&tag).is_ok();
        }
        tag.element() != 0 && !matches!(tag.group(), 0 | 2)
    }

    /// Decodes a kept value.
    fn value(&mut self, tag: Tag, vr: VR, coding: Coding, bytes: &[u8]) -> Result<(), Error> {
        if tag == tags::SPECIFIC_CHARACTER_SET {
            return self.character_set(tag, vr, bytes);
        }
        let last = self.stack.len() - 1;
        let level = &mut self.stack[last];
        let (value, clean) = value::decode(vr, coding, &level.charset, bytes);
        if !clean {
            self.warnings.add(if is_text(vr) { Warning::CharacterSet } else { Warning::ValueLength(tag) });
        }
        if value::has_character_set(vr) && !bytes.is_ascii() && level.data.get(tags::SPECIFIC_CHARACTER_SET).is_none()
        {
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
    fn character_set(&mut self, tag: Tag, vr: VR, bytes: &[u8]) -> Result<(), Error> {
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

    fn put(&mut self, tag: Tag, vr: VR, value: Value) -> Result<(), Error> {
        self.charge(value::cost(&value))?;
        let last = self.stack.len() - 1;
        self.stack[last].data.put(tag, vr, value);
        Ok(())
    }
}

/// Whether the tag holds pixels (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25).
fn is_pixel_data(tag: Tag) -> bool {
    matches!(tag, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA)
}

/// The next `wanted` bytes, straight from the input where it has them all, else gathered in `carry`, which the
/// caller clears after use.
fn gather<'a, 'i: 'a>(carry: &'a mut Vec<u8>, input: &mut &'i [u8], wanted: usize) -> Option<&'a [u8]> {
    if carry.is_empty() && input.len() >= wanted {
        let (taken, rest) = input.split_at(wanted);
        *input = rest;
        return Some(taken);
    }
    let step = input.len().min(wanted - carry.len());
    let (taken, rest) = input.split_at(step);
    carry.extend_from_slice(taken);
    *input = rest;
    (carry.len() == wanted).then_some(carry.as_slice())
}

fn eight(bytes: &[u8]) -> [u8; 8] {
    [bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]
}

/// A delimiter's header in the other byte order.
fn swapped([a, b, c, d, e, f, g, h]: [u8; 8]) -> [u8; 8] {
    [b, a, d, c, h, g, f, e]
}
