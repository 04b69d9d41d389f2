//! Values that are written as they come: numbers in little endian, everything of an even length, fragments of pixels as they are.

use super::output::Output;
use crate::coding::{Coding, ITEM, SEQUENCE_END, UNDEFINED};
use crate::value;
use imaging_domain::{Tag, VR};

/// How the bytes of a value are copied.
pub(super) struct Copied {
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

    /// Encapsulated pixel data begins whose fragments are written as they are.
    pub fn begin_fragments(&mut self, tag: Tag) {
        self.head(tag, VR::OB, UNDEFINED);
        self.copies_fragments = true;
    }

    /// One fragment (PS3.5 A.4).
    pub fn begin_fragment(&mut self, length: u32) {
        if self.copies_fragments {
            let odd = length % 2 == 1;
            self.delimiter(ITEM, length.saturating_add(u32::from(odd)));
            self.under_way =
                Some(Copied { unit: 1, carry: Vec::new(), left: length.into(), padding: odd.then_some(0) });
        }
    }

    /// They have ended.
    pub fn end_fragments(&mut self) {
        if std::mem::take(&mut self.copies_fragments) {
            self.delimiter(SEQUENCE_END, 0);
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
