//! Reads file meta information (PS3.10 section 7.1), element by element until another group begins, because
//! the group length is often wrong.

use crate::Error;
use crate::coding::{Coding, UNDEFINED, has_long_length, vr_of};
use crate::header::{Warning, Warnings};
use imaging_domain::Tag;

/// A UID has 64 bytes; what is longer than this is no UID at all.
const LONGEST_UID: u32 = 1024;

enum State {
    Header,
    LongLength { tag: Tag },
    Value { tag: Tag, length: u32 },
    Skip { remaining: u32 },
}

/// The reader: fed bytes, keeps three UIDs.
pub(crate) struct Meta {
    state: State,
    carry: Vec<u8>,
    /// Bytes of group 0002 read.
    position: u64,
    elements: u32,
    /// Where the group length says that group 0002 ends.
    end: Option<u64>,
    pub sop_class: Option<String>,
    pub sop_instance: Option<String>,
    pub transfer_syntax: Option<String>,
}

impl Meta {
    pub fn new() -> Self {
        Self {
            state: State::Header,
            carry: Vec::new(),
            position: 0,
            elements: 0,
            end: None,
            sop_class: None,
            sop_instance: None,
            transfer_syntax: None,
        }
    }

    /// Reads from `input` and moves it on. Gives the first bytes of the data set (eight at most) once another
    /// group begins.
    pub fn feed(&mut self, input: &mut &[u8], warnings: &mut Warnings) -> Result<Option<Vec<u8>>, Error> {
        loop {
            match self.state {
                State::Skip { remaining } => {
                    if !self.skip(remaining, input) {
                        return Ok(None);
                    }
                }
                State::Header => {
                    if self.ends_before_deflated() {
                        return Ok(Some(std::mem::take(&mut self.carry)));
                    }
                    if !self.gather(input, 8) {
                        return Ok(None);
                    }
                    if self.carry[..2] != [2, 0] {
                        self.check_group_length(warnings);
                        return Ok(Some(std::mem::take(&mut self.carry)));
                    }
                    self.header(warnings)?;
                }
                State::LongLength { tag } => {
                    if !self.gather(input, 4) {
                        return Ok(None);
                    }
                    let length = LITTLE.u32(&self.carry);
                    self.value_of(tag, length)?;
                }
                State::Value { tag, length } => {
                    if !self.gather(input, length as usize) {
                        return Ok(None);
                    }
                    self.value(tag);
                }
            }
        }
    }

    /// Skips what there is; says whether that was all.
    fn skip(&mut self, remaining: u32, input: &mut &[u8]) -> bool {
        let step = input.len().min(remaining as usize);
        *input = &input[step..];
        self.position += step as u64;
        let left = remaining - step as u32;
        self.state = if left == 0 { State::Header } else { State::Skip { remaining: left } };
        left == 0
    }

    /// Ends where the bytes end; `None` when that is inside group 0002. Gives the data set's first bytes, too few
    /// to be an element.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        let is_inside = !matches!(self.state, State::Header) || self.carry.first() == Some(&2);
        (!is_inside).then(|| std::mem::take(&mut self.carry))
    }

    /// Bytes of group 0002 read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether any element of group 0002 was there.
    pub fn is_empty(&self) -> bool {
        self.elements == 0
    }

    fn gather(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let step = input.len().min(wanted - self.carry.len());
        let (taken, rest) = input.split_at(step);
        self.carry.extend_from_slice(taken);
        *input = rest;
        self.carry.len() == wanted
    }

    /// A deflated data set may begin with any bytes, so there, and only there, the group length decides.
    fn ends_before_deflated(&self) -> bool {
        let deflated = self.transfer_syntax.as_deref() == Some(imaging_domain::transfer_syntax::DEFLATED);
        deflated && self.carry.is_empty() && self.end == Some(self.position)
    }

    fn check_group_length(&self, warnings: &mut Warnings) {
        if self.elements > 0 && self.end != Some(self.position) {
            warnings.add(Warning::MetaGroupLength);
        }
    }

    fn header(&mut self, warnings: &mut Warnings) -> Result<(), Error> {
        let tag = LITTLE.tag(&self.carry);
        self.elements += 1;
        self.position += 8;
        let vr = vr_of(&self.carry[4..]);
        let length = match vr {
            Some(vr) if has_long_length(vr) => {
                self.carry.clear();
                self.state = State::LongLength { tag };
                return Ok(());
            }
            Some(_) => u32::from(LITTLE.u16(&self.carry[6..])),
            None => {
                warnings.add(Warning::ImplicitFileMeta);
                LITTLE.u32(&self.carry[4..])
            }
        };
        self.value_of(tag, length)
    }

    fn value_of(&mut self, tag: Tag, length: u32) -> Result<(), Error> {
        if matches!(self.state, State::LongLength { .. }) {
            self.position += 4;
        }
        self.carry.clear();
        if length == UNDEFINED {
            return Err(Error::Malformed("value of undefined length in the file meta information"));
        }
        let wanted = matches!(tag.element(), 0x0000 | 0x0002 | 0x0003 | 0x0010);
        if wanted && length > LONGEST_UID {
            return Err(Error::Malformed("UID too long in the file meta information"));
        }
        self.state = if wanted { State::Value { tag, length } } else { State::Skip { remaining: length } };
        Ok(())
    }

    fn value(&mut self, tag: Tag) {
        self.position += self.carry.len() as u64;
        let text = String::from_utf8_lossy(&self.carry);
        let text = text.trim_matches(['\0', ' ']);
        let text = (!text.is_empty()).then(|| text.to_owned());
        match tag.element() {
            0x0000 if self.carry.len() == 4 => {
                self.end = Some(self.position + u64::from(LITTLE.u32(&self.carry)));
            }
            0x0002 => self.sop_class = text,
            0x0003 => self.sop_instance = text,
            0x0010 => self.transfer_syntax = text,
            _ => {}
        }
        self.carry.clear();
        self.state = State::Header;
    }
}

const LITTLE: Coding = Coding { explicit: true, big: false };
