//! The identifier of a request while it comes.

use crate::query::MAX_IDENTIFIER;

/// Bytes that are gathered up to a limit; one more tells that there were too many.
#[derive(Default)]
pub(super) struct Gathered(Vec<u8>);

impl Gathered {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = (MAX_IDENTIFIER + 1).saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
