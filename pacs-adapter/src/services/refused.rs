//! The answer to what is not done.

use super::{Answer, Conversation, Exchange, Gone};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::Status;

/// Passes the data set over and answers with this status.
#[derive(Debug, Clone, Copy)]
pub struct Refused(pub Status);

#[async_trait]
impl Exchange for Refused {
    async fn write(&mut self, _bytes: Bytes) {}

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        Ok(self.0.into())
    }
}
