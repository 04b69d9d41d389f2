//! Writes what is walked again: explicit VR, little endian, sequences and items of undefined length, so that nothing has
//! to be measured before it is written.

use super::pixels::is_pixel_data;
use super::{State, Walker};
use crate::coding::{Coding, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, has_long_length};
use crate::level::{Kind, Level};
use crate::rewriter::{Changes, Pixels};
use crate::{Error, value};
use imaging_domain::{Tag, VR, tags};

/// The most bytes of a value with a 16-bit length, even.
const LONGEST_SHORT: u32 = 65_534;

/// What is written, and how the value under way becomes little endian.
pub(crate) struct Output {
    changes: Changes,
    bytes: Vec<u8>,
    /// The value under way; none while bytes are left out.
    under_way: Option<Copied>,
}

/// How the bytes of a value are copied.
struct Copied {
    /// Bytes of one number whose order is turned; 1 where nothing is.
    unit: usize,
    /// The beginning of a number whose end has not come.
    carry: Vec<u8>,
    /// Bytes still to be copied; what comes beyond is half a number.
    left: u64,
    /// What makes the length even.
    padding: Option<u8>,
}

impl Output {
    pub fn new(changes: Changes) -> Self {
        Self { changes, bytes: Vec::new(), under_way: None }
    }

    pub fn take_into(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.bytes);
    }

    /// Whether an element of the outermost data set is written, after what belongs before it.
    fn admits(&mut self, tag: Tag) -> bool {
        while let Some(entry) = self.changes.values.first_entry().filter(|entry| *entry.key() <= tag) {
            let (new, (vr, value)) = entry.remove_entry();
            self.changes.removed.insert(new);
            self.put(new, vr, &value);
        }
        !self.changes.removed.contains(&tag) && !matches!(tag.group(), 0 | 2)
    }

    fn put(&mut self, tag: Tag, vr: VR, value: &[u8]) {
        // values of changes are a few bytes
        self.head(tag, vr, value.len() as u32);
        self.bytes.extend_from_slice(value);
    }

    /// Tag, VR and length (PS3.5 tables 7.1-1 and 7.1-2); a value too long for its VR's 16 bits is UN (PS3.5 6.2.2).
    fn head(&mut self, tag: Tag, vr: VR, length: u32) {
        self.tag(tag);
        let long = has_long_length(vr);
        if !long && length <= LONGEST_SHORT {
            self.bytes.extend_from_slice(vr.to_string().as_bytes());
            self.bytes.extend_from_slice(&(length as u16).to_le_bytes());
            return;
        }
        let vr = if long { vr } else { VR::UN };
        self.bytes.extend_from_slice(vr.to_string().as_bytes());
        self.bytes.extend_from_slice(&[0; 2]);
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn tag(&mut self, tag: Tag) {
        self.bytes.extend_from_slice(&tag.group().to_le_bytes());
        self.bytes.extend_from_slice(&tag.element().to_le_bytes());
    }

    fn delimiter(&mut self, tag: Tag, length: u32) {
        self.tag(tag);
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn begin_value(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) {
        let beyond = if value::is_number(vr) { length % unit(vr) as u32 } else { 0 };
        let length = length - beyond;
        let odd = length % 2 == 1;
        self.head(tag, vr, length.saturating_add(u32::from(odd)));
        let pad = if value::is_text(vr) && vr != VR::UI { b' ' } else { 0 };
        let unit = if coding.big { unit(vr) } else { 1 };
        self.under_way = Some(Copied { unit, carry: Vec::new(), left: length.into(), padding: odd.then_some(pad) });
    }

    /// Some bytes of the value under way.
    pub fn copy(&mut self, mut input: &[u8]) {
        let Some(copied) = &mut self.under_way else { return };
        input = &input[..input.len().min(usize::try_from(copied.left).unwrap_or(usize::MAX))];
        copied.left -= input.len() as u64;
        if copied.unit == 1 {
            self.bytes.extend_from_slice(input);
            return;
        }
        if !copied.carry.is_empty() {
            let (taken, rest) = input.split_at(input.len().min(copied.unit - copied.carry.len()));
            copied.carry.extend_from_slice(taken);
            input = rest;
            if copied.carry.len() < copied.unit {
                return;
            }
            self.bytes.extend(copied.carry.drain(..).rev());
        }
        let numbers = input.chunks_exact(copied.unit);
        copied.carry.extend_from_slice(numbers.remainder());
        numbers.for_each(|number| self.bytes.extend(number.iter().rev()));
    }

    /// The value under way has ended.
    pub fn end_value(&mut self) {
        if let Some(copied) = self.under_way.take() {
            self.bytes.extend_from_slice(&copied.carry);
            self.bytes.extend(copied.padding);
        }
    }

    /// A level begins.
    pub fn open(&mut self, level: &Level) {
        match level.kind {
            Kind::Sequence => self.head(level.tag, VR::SQ, UNDEFINED),
            Kind::DataSet => self.delimiter(ITEM, UNDEFINED),
        }
    }

    /// A level ends.
    pub fn close(&mut self, kind: Kind) {
        if self.under_way.is_some() {
            return;
        }
        match kind {
            Kind::Sequence => self.delimiter(SEQUENCE_END, 0),
            Kind::DataSet => self.delimiter(ITEM_END, 0),
        }
    }

    /// The data set ends: what is new and comes last. Nothing may follow a value that broke off.
    pub fn end(&mut self) {
        if self.under_way.is_none() {
            self.admits(Tag(0xFFFF, 0xFFFF));
        }
    }

    fn new_pixels(&mut self) {
        match self.changes.pixels {
            Pixels::AsTheyAre => {}
            Pixels::Native { vr, length } => self.head(tags::PIXEL_DATA, vr, length),
            Pixels::Encapsulated => {
                self.head(tags::PIXEL_DATA, VR::OB, UNDEFINED);
                // an empty offset table
                self.delimiter(ITEM, 0);
            }
        }
    }
}

/// Bytes of one number of a VR.
pub(crate) fn unit(vr: VR) -> usize {
    use VR::*;
    match vr {
        US | SS | OW | AT => 2,
        UL | SL | FL | OF | OL => 4,
        FD | OD | SV | UV | OV => 8,
        _ => 1,
    }
}

impl Walker {
    /// A walker that writes what it walks.
    pub fn writing(mut self, changes: Changes) -> Self {
        self.output = Some(Box::new(Output::new(changes)));
        self
    }

    /// An element of known length is written: its header now, its value while it is skipped.
    pub(super) fn write_element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        let is_root = self.stack.len() == 1;
        let Some(output) = &mut self.output else { return Ok(()) };
        let admitted = if is_root { output.admits(tag) } else { true };
        let replaced = is_root && is_pixel_data(tag) && output.changes.pixels != Pixels::AsTheyAre;
        if replaced && admitted {
            output.new_pixels();
        } else if vr == VR::SQ && length > 0 {
            let end = self.position + u64::from(length);
            let mut level = self.top().inner(Kind::Sequence, tag, Some(end));
            level.coding = coding;
            return self.open(level);
        } else if admitted && tag.element() != 0 {
            output.begin_value(tag, vr, length, coding);
        }
        if tag == tags::PIXEL_REPRESENTATION && is_root && length == 2 {
            self.state = State::Value { tag, vr, coding, length: 2 };
        } else {
            self.skip(u64::from(length));
        }
        Ok(())
    }

    /// An element of undefined length begins: pixels of the outermost data set are written otherwise, those of icons are
    /// left out, because native and encapsulated pixels cannot stand in one data set (PS3.5 A.4).
    pub(super) fn write_fragments(&mut self, tag: Tag) -> Result<(), Error> {
        let is_root = self.stack.len() == 1;
        let Some(output) = &mut self.output else { return Ok(()) };
        if !is_root || !output.admits(tag) || !is_pixel_data(tag) {
            return Ok(());
        }
        if output.changes.pixels == Pixels::AsTheyAre {
            return Err(Error::Malformed("encapsulated pixel data in a native transfer syntax"));
        }
        output.new_pixels();
        Ok(())
    }

    /// A sequence of undefined length begins at the outermost level: what belongs before it is written.
    pub(super) fn write_before(&mut self, tag: Tag) {
        if self.stack.len() == 1
            && let Some(output) = &mut self.output
        {
            output.admits(tag);
        }
    }

    /// Goes on behind bytes that are not fed: pixel data that was written otherwise.
    pub fn pass_over(&mut self, length: u64) -> Result<(), Error> {
        match self.state {
            State::Fragment => {}
            State::Skip { remaining, fragments } if remaining >= length => {
                self.state = match (remaining - length, fragments) {
                    (0, true) => State::Fragment,
                    (0, false) => State::Header,
                    (remaining, fragments) => State::Skip { remaining, fragments },
                };
            }
            _ => return Err(Error::Malformed("pixel data is not where it was")),
        }
        self.position += length;
        Ok(())
    }

    /// Closes what is open and gives the last bytes.
    pub fn end_writing(mut self: Box<Self>, out: &mut Vec<u8>) {
        while self.stack.len() > 1 {
            self.close();
        }
        if let Some(output) = &mut self.output {
            output.end();
            output.take_into(out);
        }
    }

    /// Gives what was written.
    pub fn take_written(&mut self, out: &mut Vec<u8>) {
        if let Some(output) = &mut self.output {
            output.take_into(out);
        }
    }
}
