//! Writes what is walked again: little endian, with VRs or without, sequences and items of undefined length, so that nothing has
//! to be measured before it is written.

use crate::coding::{Coding, ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, has_long_length};
use crate::level::{Kind, Level};
use crate::rewriter::{Changes, Pixels, Written};
use crate::value;
use imaging_domain::{Tag, VR, tags};

/// The most bytes of a value with a 16-bit length, even.
const LONGEST_SHORT: u32 = 65_534;

/// What is written, and how the value under way becomes little endian.
pub(crate) struct Output {
    pub changes: Changes,
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
    pub fn admits(&mut self, tag: Tag) -> bool {
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
        if self.changes.written == Written::Implicit {
            self.bytes.extend_from_slice(&length.to_le_bytes());
            return;
        }
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

    pub fn begin_value(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) {
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

    pub fn new_pixels(&mut self) {
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
