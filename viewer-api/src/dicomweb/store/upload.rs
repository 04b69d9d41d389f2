//! The body of a store request, bounded while it comes.

use crate::error::Error;
use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::TryStreamExt;

/// A body of at most so many bytes.
pub(in crate::dicomweb) struct Upload {
    body: BodyDataStream,
    /// How many more may come; any number when absent.
    room: Option<u64>,
}

impl Upload {
    /// A body that may have `max_bytes`; 0 is any number. Nothing of it is read yet, so that a client that waits for leave
    /// to go on (`Expect: 100-continue`) hears a refusal before it sends.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when its length is said and too long.
    pub(in crate::dicomweb) fn new(headers: &HeaderMap, body: Body, max_bytes: u64) -> Result<Self, Error> {
        let room = (max_bytes > 0).then_some(max_bytes);
        let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if said.zip(room).is_some_and(|(said, room)| said > room) {
            return Err(Error::TooLarge("request"));
        }
        Ok(Self { body: body.into_data_stream(), room })
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::BrokenOff`] when the client went away.
    pub(in crate::dicomweb) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(bytes) = self.body.try_next().await.map_err(|_| Error::BrokenOff)? else { return Ok(None) };
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(bytes.len() as u64).ok_or(Error::TooLarge("request"))?;
        }
        Ok(Some(bytes))
    }

    /// All of them, of a request that is short.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(in crate::dicomweb) async fn whole(mut self) -> Result<Vec<u8>, Error> {
        let mut out = vec![];
        while let Some(bytes) = self.next().await? {
            out.extend_from_slice(&bytes);
        }
        Ok(out)
    }
}
