//! What the walker does where it writes: elements, levels and pixels in the order they come.

use super::output::Output;
use super::pixels::is_pixel_data;
use super::{State, Walker};
use crate::Error;
use crate::coding::Coding;
use crate::level::Kind;
use crate::rewriter::{Changes, Pixels};
use imaging_domain::{Tag, VR, tags};

impl Walker {
    /// A walker that writes what it walks.
    pub fn writing(mut self, changes: Changes) -> Self {
        self.output = Some(Box::new(Output::new(changes)));
        self
    }

    /// An element of known length is written: its header now, its value while it is skipped.
    pub(super) fn write_element(&mut self, tag: Tag, vr: VR, length: u32, coding: Coding) -> Result<(), Error> {
        let (is_root, silent) = (self.stack.len() == 1, self.top().silent);
        let Some(output) = &mut self.output else { return Ok(()) };
        let admitted = !silent && if is_root { output.admits(tag) } else { true };
        let pixels = is_root && is_pixel_data(tag);
        let replaced = pixels && !matches!(output.changes.pixels, Pixels::AsTheyAre | Pixels::Fragments);
        if silent || (vr == VR::SQ && !admitted) {
            self.leave(length);
            return Ok(());
        }
        if admitted && !pixels && self.write_instead(tag, vr, length, coding) {
            return Ok(());
        }
        let Some(output) = &mut self.output else { return Ok(()) };
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

    /// Some bytes of the value under way, after which so many are left.
    pub(super) fn write_value(&mut self, bytes: &[u8], left: u64) {
        if let Some(output) = &mut self.output {
            output.copy(bytes);
            if left == 0 {
                output.end_value();
            }
        }
    }

    /// An element of undefined length begins: pixels of the outermost data set are written otherwise, those of icons are
    /// left out, because native and encapsulated pixels cannot stand in one data set (PS3.5 A.4).
    pub(super) fn write_fragments(&mut self, tag: Tag) -> Result<(), Error> {
        let is_root = self.stack.len() == 1;
        let Some(output) = &mut self.output else { return Ok(()) };
        if !is_root || !output.admits(tag) || !is_pixel_data(tag) {
            return Ok(());
        }
        match output.changes.pixels {
            Pixels::AsTheyAre => return Err(Error::Malformed("encapsulated pixel data in a native transfer syntax")),
            Pixels::Fragments => output.begin_fragments(tag),
            Pixels::Native { .. } | Pixels::Encapsulated => output.new_pixels(),
        }
        Ok(())
    }

    /// A fragment of so many bytes comes next.
    pub(super) fn write_fragment(&mut self, length: u32) {
        if let Some(output) = &mut self.output {
            output.begin_fragment(length);
        }
    }

    /// There are no more fragments.
    pub(super) fn write_fragments_end(&mut self) {
        if let Some(output) = &mut self.output {
            output.end_fragments();
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
