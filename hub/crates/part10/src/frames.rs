//! Placeholder.
use crate::{Error, Header};
use std::{io, ops::Range};
/// Most.
pub const MAX_FRAMES: u64 = 1 << 21;
/// Most.
pub const MAX_FRAGMENTS: usize = 1 << 21;
/// Span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameSpan { /// R
 pub ranges: Vec<Range<u64>>, /// B
 pub bit_offset: u8 }
/// Index.
pub struct FrameIndex;
impl FrameIndex { /// b
 pub fn build(_: &Header, _: &mut dyn FnMut(u64, &mut [u8]) -> io::Result<()>) -> Result<FrameIndex, Error> { Ok(Self) } }
