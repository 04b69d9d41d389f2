//! Comfort built on the port.

use crate::{error::Error, port::Blob};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use std::{ops::Range, sync::Arc};

/// Bytes of one chunk.
const CHUNK: u64 = 512 << 10;
/// Chunks that are read before they are asked for.
const AHEAD: usize = 2;

/// Bytes of a blob as chunks, in order, one read ahead.
pub fn stream(blob: Arc<dyn Blob>, range: Range<u64>) -> BoxStream<'static, Result<Bytes, Error>> {
    let chunks = (0..(range.end.saturating_sub(range.start)).div_ceil(CHUNK)).map(move |n| {
        let start = range.start + n * CHUNK;
        (start, CHUNK.min(range.end - start) as usize)
    });
    let read = move |(start, length)| {
        let blob = Arc::clone(&blob);
        async move { blob.read_at(start, length).await }
    };
    stream::iter(chunks).map(read).buffered(AHEAD).boxed()
}
