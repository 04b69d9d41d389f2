//! Reading `multipart/related` (RFC 2046 5.1, RFC 2387) as it comes, in pieces of any size.
//!
//! A part ends where its delimiter line is complete and nowhere else: a body that breaks off, at whatever byte, leaves the
//! part it broke off in without an end. What is held back is at most one delimiter or one part's head.

mod head;

use crate::error::Error;
use bytes::{Buf, BytesMut};
pub use head::{PartEvent, PartHead};
use memchr::memmem::{Finder, find};
use std::collections::VecDeque;

/// The most parts of one request.
pub const MAX_PARTS: usize = 50_000;
/// The most bytes of a part's head.
pub const MAX_PART_HEAD: usize = 16 << 10;
/// The most bytes before the first delimiter.
const MAX_PREAMBLE: usize = 64 << 10;
/// The most blanks between a delimiter and the end of its line.
const MAX_PADDING: usize = 256;

enum Stage {
    Preamble(usize),
    Head,
    Body,
    Closed,
}

/// What follows a delimiter.
enum After {
    /// So many bytes until the line's CRLF: a part.
    Part(usize),
    Closing,
    /// Nobody can say yet.
    Unknown,
    /// It only looked like one.
    Nothing,
}

/// Cuts a body into parts.
pub struct PartReader {
    delimiter: Finder<'static>,
    buffer: BytesMut,
    stage: Stage,
    events: VecDeque<PartEvent>,
    parts: usize,
}

impl PartReader {
    /// A reader at the first byte of a body with this boundary.
    pub fn new(boundary: &str) -> Self {
        let delimiter = Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned();
        // the first delimiter may stand at the very beginning, without the line break before it
        Self {
            delimiter,
            buffer: BytesMut::from(&b"\r\n"[..]),
            stage: Stage::Preamble(0),
            events: VecDeque::new(),
            parts: 0,
        }
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    /// [`Error::TooLong`] for more parts, a longer head or more before the first part than the limits allow.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if matches!(self.stage, Stage::Closed) {
            return Ok(());
        }
        self.buffer.extend_from_slice(bytes);
        while self.step()? {}
        Ok(())
    }

    /// What the bytes so far say, in order; `None` until more come.
    pub fn next_event(&mut self) -> Option<PartEvent> {
        self.events.pop_front()
    }

    /// Whether the last delimiter came.
    pub fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// Whether there was a first delimiter.
    pub fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::Preamble(_))
    }

    /// One step on; `false` when more bytes are needed.
    fn step(&mut self) -> Result<bool, Error> {
        match self.stage {
            Stage::Closed => {
                self.buffer.clear();
                Ok(false)
            }
            Stage::Head => self.head(),
            Stage::Preamble(_) | Stage::Body => self.body(),
        }
    }

    fn head(&mut self) -> Result<bool, Error> {
        // the delimiter's own line break is still here, so that a part without any header is found too
        let window = &self.buffer[..self.buffer.len().min(MAX_PART_HEAD)];
        match find(window, b"\r\n\r\n") {
            Some(end) => {
                let head = PartHead::parse(&String::from_utf8_lossy(&self.buffer[..end]));
                self.buffer.advance(end + 4);
                self.parts += 1;
                if self.parts > MAX_PARTS {
                    return Err(Error::TooLong("list of parts"));
                }
                self.events.push_back(PartEvent::Begin(head));
                self.stage = Stage::Body;
                Ok(true)
            }
            None if self.buffer.len() >= MAX_PART_HEAD => Err(Error::TooLong("head of a part")),
            None => Ok(false),
        }
    }

    fn body(&mut self) -> Result<bool, Error> {
        let Some(at) = self.delimiter.find(&self.buffer) else {
            let held = self.delimiter.needle().len() - 1;
            self.give(self.buffer.len().saturating_sub(held))?;
            return Ok(false);
        };
        self.give(at)?;
        match after(&self.buffer[self.delimiter.needle().len()..]) {
            After::Unknown => return Ok(false),
            After::Nothing => {
                self.give(2)?;
                return Ok(true);
            }
            After::Closing => self.leave(Stage::Closed, PartEvent::Closed),
            After::Part(padding) => {
                self.buffer.advance(self.delimiter.needle().len() + padding);
                self.leave_part();
                self.stage = Stage::Head;
            }
        }
        Ok(true)
    }

    fn leave(&mut self, stage: Stage, event: PartEvent) {
        self.leave_part();
        self.events.push_back(event);
        self.stage = stage;
    }

    fn leave_part(&mut self) {
        if matches!(self.stage, Stage::Body) {
            self.events.push_back(PartEvent::End);
        }
    }

    /// Gives so many bytes away: to the part, or before the first one to nobody.
    fn give(&mut self, length: usize) -> Result<(), Error> {
        if length == 0 {
            return Ok(());
        }
        let bytes = self.buffer.split_to(length).freeze();
        match &mut self.stage {
            Stage::Preamble(passed) => {
                *passed += length;
                if *passed > MAX_PREAMBLE {
                    return Err(Error::TooLong("text before the first part"));
                }
            }
            _ => self.events.push_back(PartEvent::Data(bytes)),
        }
        Ok(())
    }
}

/// What the bytes behind a boundary make of it (RFC 2046 5.1.1, `delimiter` and `close-delimiter`).
fn after(rest: &[u8]) -> After {
    if rest.starts_with(b"--") {
        return After::Closing;
    }
    let padding = rest.iter().take(MAX_PADDING).take_while(|b| matches!(b, b' ' | b'\t')).count();
    match &rest[padding..] {
        [b'\r', b'\n', ..] => After::Part(padding),
        [] | [b'\r'] if padding < MAX_PADDING => After::Unknown,
        [b'-'] if padding == 0 => After::Unknown,
        _ => After::Nothing,
    }
}

#[cfg(test)]
mod tests;
