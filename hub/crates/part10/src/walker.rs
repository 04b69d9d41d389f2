//! Walks the elements of a data set with an explicit stack; keeps what was asked for and skips the rest.

mod copied;
mod elements;
mod kept;
mod leaving_out;
mod output;
mod passing;
mod pieces;
mod pixels;
mod watching;
mod writing;

pub(crate) use copied::unit;

use crate::coding::Coding;
use crate::header::{Warning, Warnings};
use crate::level::{Kind, Level};
use crate::{Error, Keep, Limits, PixelData, Places};
use imaging_domain::transfer_syntax::Encoding;
use imaging_domain::{DataSet, Tag, VR, Value};
use output::Output;
use pieces::{eight, gather, swapped};
use watching::Watching;

/// Bookkeeping of one kept element, charged on top of its value.
const ELEMENT_COST: u64 = 96;

/// Bytes of the gathering buffer that are kept for the next value.
const LARGEST_IDLE_CARRY: usize = 64 << 10;

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
    /// Where what is walked is written again.
    output: Option<Box<Output>>,
    watching: Option<Box<Watching>>,
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
            output: None,
            watching: None,
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
        while match self.state {
            State::Skip { remaining, fragments } => self.skip_some(remaining, fragments, input),
            State::Value { tag, vr, coding, length } => {
                let Some(bytes) = gather(carry, input, length) else { return Ok(()) };
                self.position += length as u64;
                self.state = State::Header;
                self.write_value(bytes, 0);
                if !self.write_looked(tag, vr, bytes) {
                    self.value(tag, vr, coding, bytes)?;
                }
                carry.clear();
                carry.shrink_to(LARGEST_IDLE_CARRY);
                true
            }
            State::Header => (carry.is_empty() && self.settle(8)) || self.some_header(input, carry, Self::header)?,
            State::Fragment => self.some_header(input, carry, Self::fragment)?,
            State::LongLength { tag, vr } => {
                (carry.is_empty() && self.settle(4)) || self.long_length(tag, vr, input, carry)?
            }
            State::Ended => {
                if !input.is_empty() {
                    self.warnings.add(Warning::TrailingBytes);
                }
                false
            }
        } {}
        Ok(())
    }

    /// Hands the next eight bytes to `then`; says whether they were there.
    fn some_header(
        &mut self,
        input: &mut &[u8],
        carry: &mut Vec<u8>,
        then: fn(&mut Self, [u8; 8]) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let Some(header) = gather(carry, input, 8) else { return Ok(false) };
        let header = eight(header);
        carry.clear();
        then(self, header)?;
        Ok(true)
    }

    /// Reads the four-byte length of an explicit header; says whether it was there.
    fn long_length(&mut self, tag: Tag, vr: VR, input: &mut &[u8], carry: &mut Vec<u8>) -> Result<bool, Error> {
        let Some(length) = gather(carry, input, 4) else { return Ok(false) };
        let coding = self.top().coding;
        let length = coding.u32(length);
        carry.clear();
        self.position += 4;
        self.element(tag, vr, length, coding)?;
        Ok(true)
    }

    /// Skips what there is; says whether that was all.
    fn skip_some(&mut self, remaining: u64, fragments: bool, input: &mut &[u8]) -> bool {
        let step = remaining.min(input.len() as u64);
        let (skipped, rest) = input.split_at(step as usize);
        *input = rest;
        self.position += step;
        self.write_value(skipped, remaining - step);
        self.skipped(remaining - step, fragments);
        step == remaining
    }

    /// Ends the walk: the outermost data set and where its pixel data lies.
    pub fn finish(mut self: Box<Self>, warnings: &mut Warnings) -> (DataSet, Option<PixelData>, Option<Places>) {
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
        let places = self.watching.take().map(|watching| watching.places.finish(self.position));
        (root, self.pixel_data, places)
    }

    /// Whether a nested level is open that has not reached its end.
    fn is_inside(&self) -> bool {
        self.stack.iter().skip(1).any(|level| level.undefined || level.end > self.position)
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
        let left = self.left();
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
        if let Some(output) = &mut self.output {
            output.close(&closed);
        }
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
        if let Some(output) = &mut self.output {
            output.open(&level);
        }
        self.stack.push(level);
        self.state = State::Header;
        Ok(())
    }
}
