//! Headers out of pieces of any size, and odd ones.

use super::Walker;
use crate::Error;
use crate::coding::{Coding, dictionary_vr};
use crate::header::Warning;
use imaging_domain::Tag;

impl Walker {
    /// An explicit element whose VR is none: two letters are an unknown VR with a short length, anything else is
    /// a length, because the element was written implicitly.
    pub(super) fn unknown_vr(&mut self, tag: Tag, header: &[u8; 8], coding: Coding) -> Result<(), Error> {
        self.warnings.add(Warning::UnknownVr(tag));
        let vr = dictionary_vr(tag, self.signed);
        if header[4..6].iter().all(u8::is_ascii_uppercase) {
            return self.element(tag, vr, u32::from(coding.u16(&header[6..])), coding);
        }
        // what follows a length that was guessed may be anything, and would be copied
        if self.output.as_ref().is_some_and(|output| output.changes.deidentification.is_some()) {
            return Err(Error::Malformed("an element has no value representation"));
        }
        self.element(tag, vr, coding.u32(&header[4..]), coding)
    }
}

/// The next `wanted` bytes, straight from the input where it has them all, else gathered in `carry`, which the
/// caller clears after use.
pub(super) fn gather<'a, 'i: 'a>(carry: &'a mut Vec<u8>, input: &mut &'i [u8], wanted: usize) -> Option<&'a [u8]> {
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

pub(super) fn eight(bytes: &[u8]) -> [u8; 8] {
    [bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]
}

/// A delimiter's header in the other byte order.
pub(super) fn swapped([a, b, c, d, e, f, g, h]: [u8; 8]) -> [u8; 8] {
    [b, a, d, c, h, g, f, e]
}
