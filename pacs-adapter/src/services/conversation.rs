//! What a service says before its last answer, and hears meanwhile.

use super::Context;
use archive::Error;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, Status, StoreRequest};
use futures_util::stream::BoxStream;

/// The association has ended, or must: there is nothing to say any more. Why is the listener's to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// The bytes of a data set, some after the other.
pub type DataSetBytes = BoxStream<'static, Result<Bytes, Error>>;

/// The last answer to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// No more than a status.
    Status(Status),
    /// A response with what else it has, and its data set when its command says that one follows.
    Whole(Box<Command>, Option<Bytes>),
}

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// What became of a sub-operation.
#[derive(Debug)]
pub enum Stored {
    /// The peer answered.
    Answered(Status),
    /// The instance could not be read, and nothing of it was sent.
    Unread(Error),
}

/// The peer while its request is answered. Memory stays bounded: what is said has gone to the peer before the next is.
#[async_trait]
pub trait Conversation: Send {
    /// Says an answer that others follow.
    ///
    /// # Errors
    /// [`Gone`].
    async fn say(&mut self, answer: &Command, data_set: Option<Bytes>) -> Result<(), Gone>;

    /// Waits until the peer says that the request is to be given up (C-CANCEL), or is gone. May be dropped and called again.
    ///
    /// # Errors
    /// [`Gone`].
    async fn cancelled(&mut self) -> Result<(), Gone>;

    /// The presentation contexts of the association, by id.
    fn contexts(&self) -> Vec<(u8, Context)>;

    /// Has the peer store an instance, on the same association (C-GET, PS3.4 C.4.3). Its Message ID is chosen here. An
    /// instance that breaks off in its middle costs the association, because half of it must not be taken for all.
    ///
    /// # Errors
    /// [`Gone`].
    async fn store(&mut self, context_id: u8, request: StoreRequest, data_set: DataSetBytes) -> Result<Stored, Gone>;
}

/// A conversation in which nothing can be said before the last answer: an instance that comes by C-GET is asked for by us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Silence;

#[async_trait]
impl Conversation for Silence {
    async fn say(&mut self, _answer: &Command, _data_set: Option<Bytes>) -> Result<(), Gone> {
        Err(Gone)
    }

    async fn cancelled(&mut self) -> Result<(), Gone> {
        std::future::pending().await
    }

    fn contexts(&self) -> Vec<(u8, Context)> {
        vec![]
    }

    async fn store(&mut self, _context: u8, _request: StoreRequest, _data_set: DataSetBytes) -> Result<Stored, Gone> {
        Err(Gone)
    }
}
