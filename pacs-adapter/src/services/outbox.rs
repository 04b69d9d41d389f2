//! What the adapter says on an association that somebody else opened, without having been asked.

use super::Context;
use bytes::Bytes;
use dimse::{EventReportRequest, Status};
use tokio::sync::{mpsc, oneshot};

/// Reports that wait until the association is between two messages.
const WAITING: usize = 4;

/// The way back to a presentation context of an association that may have ended by now. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbox {
    context_id: u8,
    transfer_syntax: String,
    sender: mpsc::Sender<Notice>,
}

/// A report on its way. The Message ID is chosen by the association.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) context_id: u8,
    pub(crate) report: EventReportRequest,
    pub(crate) data_set: Bytes,
    pub(crate) answered: oneshot::Sender<Status>,
}

impl Outbox {
    /// Where all of an association's are gathered.
    pub(crate) fn channel() -> (mpsc::Sender<Notice>, mpsc::Receiver<Notice>) {
        mpsc::channel(WAITING)
    }

    pub(crate) fn new(context_id: u8, context: &Context, sender: mpsc::Sender<Notice>) -> Self {
        Self { context_id, transfer_syntax: context.transfer_syntax.clone(), sender }
    }

    /// Transfer syntax UID of the context.
    pub fn transfer_syntax(&self) -> &str {
        &self.transfer_syntax
    }

    /// Sends N-EVENT-REPORT with its data set; what the peer says to it, or `None` when the association ended
    /// before.
    pub async fn report(&self, report: EventReportRequest, data_set: Bytes) -> Option<Status> {
        let (answered, answer) = oneshot::channel();
        let context_id = self.context_id;
        self.sender.send(Notice { context_id, report, data_set, answered }).await.ok()?;
        answer.await.ok()
    }
}
