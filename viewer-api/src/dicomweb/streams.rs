//! Bodies that are sent while they are read, with bounded memory: nothing is read before what was read went out.

use super::use_cases::Items;
use crate::error::Error;
use axum::body::Body;
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};

/// A stream whose first item is there, so that failures before it still have a status.
pub(super) struct Begun<T> {
    pub(super) first: T,
    pub(super) rest: Items<T>,
}

/// Waits for the first item.
pub(super) async fn begin<T>(mut items: Items<T>, what: &'static str) -> Result<Begun<T>, Error> {
    match items.next().await {
        Some(first) => Ok(Begun { first: first?, rest: items }),
        None => Err(Error::NotFound(what)),
    }
}

impl<T: Send + 'static> Begun<T> {
    /// All items again.
    pub(super) fn all(self) -> BoxStream<'static, Result<T, Error>> {
        stream::iter([Ok(self.first)]).chain(self.rest.map_err(Error::from)).boxed()
    }
}

/// Waits for the first bytes of an item's body and puts them back.
pub(super) async fn begin_body(body: archive::Body) -> Result<archive::Body, Error> {
    let mut body = body;
    match body.next().await {
        Some(first) => {
            let first = first?;
            Ok(stream::iter([Ok(first)]).chain(body).boxed())
        }
        None => Ok(stream::empty().boxed()),
    }
}

/// A stream as a body. A failure under way breaks the connection off, which is the only way to tell the client that
/// what it has is not the whole; it is logged here, once.
pub(super) fn body(bytes: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Body {
    Body::from_stream(bytes.inspect_err(|error| tracing::warn!(error = error.chain(), "answer broken off")))
}

/// Chunks as one stream.
pub(super) fn chunks(chunks: Vec<Bytes>) -> archive::Body {
    stream::iter(chunks.into_iter().map(Ok)).boxed()
}

/// One chunk as a stream.
pub(super) fn chunk(bytes: Bytes) -> BoxStream<'static, Result<Bytes, Error>> {
    stream::iter([Ok(bytes)]).boxed()
}
