//! What the walker does where it writes a data set that is de-identified: it asks what becomes of each element.

use super::output::Output;
use super::{State, Walker};
use crate::coding::{Coding, dictionary_vr};
use crate::deidentification::{Fate, fate};
use crate::value;
use imaging_domain::{Tag, VR};

/// The most bytes of a value that is looked at; nothing is left of a longer one.
const LONGEST_LOOKED: u32 = 64 << 10;

/// The most bytes of numbers that stay: a lookup table of 65,536 entries, twice. What is longer has a length that is none.
const LONGEST_NUMBERS: u32 = 256 << 10;

impl Output {
    /// What becomes of an element.
    fn fate(&self, tag: Tag, vr: VR) -> Fate {
        if self.changes.deidentification.is_some() { fate(tag, vr) } else { Fate::Kept }
    }

    /// Writes an element with another value, by the dictionary's VR.
    fn fixed(&mut self, tag: Tag, value: &[u8]) {
        self.put(tag, dictionary_vr(tag, false), value);
    }
}

impl Walker {
    /// Writes what becomes of an element of known length when it is not written as it came; says whether that was all.
    pub(super) fn write_instead(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> bool {
        let Some(output) = &mut self.output else { return false };
        match output.fate(tag, vr) {
            Fate::Kept if value::is_number(vr) && length > LONGEST_NUMBERS => {}
            Fate::Kept => return false,
            Fate::Removed => {}
            Fate::Fixed(value) => output.fixed(tag, value.as_bytes()),
            Fate::Looked(_) if length > LONGEST_LOOKED => output.fixed(tag, &[]),
            Fate::Looked(look) => {
                output.looked = Some(look);
                self.state = State::Value { tag, vr, coding, length: length as usize };
                return true;
            }
        };
        self.leave(length);
        true
    }

    /// Goes on behind a value of which nothing is written.
    pub(super) fn leave(&mut self, length: u32) {
        self.skip(self.left().min(length.into()));
    }

    /// Writes what stands for a value that was looked at; says whether it was.
    pub(super) fn write_looked(&mut self, tag: Tag, vr: VR, bytes: &[u8]) -> bool {
        let Some(output) = &mut self.output else { return false };
        let (Some(look), Some(by)) = (output.looked.take(), &output.changes.deidentification) else { return false };
        let value = by.instead_of(look, bytes);
        let odd = value.len() % 2 == 1;
        output.put(tag, vr, &[&value[..], if odd { b" " } else { b"" }].concat());
        true
    }

    /// A sequence of undefined length begins: what belongs before it is written. Says whether nothing of it is.
    pub(super) fn write_before(&mut self, tag: Tag) -> bool {
        let (is_root, silent) = (self.stack.len() == 1, self.top().silent);
        let Some(output) = &mut self.output else { return false };
        if silent || (is_root && !output.admits(tag)) {
            return true;
        }
        match output.fate(tag, VR::SQ) {
            Fate::Kept => return false,
            Fate::Fixed(value) => output.fixed(tag, value.as_bytes()),
            Fate::Removed | Fate::Looked(_) => {}
        }
        true
    }
}
