//! What is said on an association without having been asked: reports, one at a time.

use super::{end::End, line::Line};
use crate::services::{Context, Notice, Outbox};
use dimse::{Command, EventReportRequest, EventReportResponse, Status};
use tokio::sync::{mpsc, oneshot};

/// Message ID of what we say first; one at a time, so one is enough.
const REPORT_ID: u16 = 1;

pub(super) struct Reporting {
    sender: mpsc::Sender<Notice>,
    notices: mpsc::Receiver<Notice>,
    /// Who waits for the answer to the one that the peer has not answered yet.
    told: Option<oneshot::Sender<Status>>,
}

impl Reporting {
    pub(super) fn new() -> Self {
        let (sender, notices) = Outbox::channel();
        Self { sender, notices, told: None }
    }

    /// Where reports on a context are put.
    pub(super) fn outbox(&self, context_id: u8, context: &Context) -> Outbox {
        Outbox::new(context_id, context, self.sender.clone())
    }

    /// The next that is to be said; none while the one before is not answered. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Option<Notice> {
        if self.told.is_some() { None } else { self.notices.recv().await }
    }

    pub(super) async fn tell(&mut self, notice: Notice, line: &mut Line) -> Result<(), End> {
        let Notice { context_id, report, data_set, answered } = notice;
        let report = Command::EventReportRequest(EventReportRequest { message_id: REPORT_ID, ..report });
        self.told = Some(answered);
        line.say(context_id, &report, Some(data_set)).await
    }

    pub(super) fn answered(&mut self, answer: &EventReportResponse) {
        if answer.message_id == REPORT_ID
            && let Some(waiting) = self.told.take()
        {
            // who does not wait any more asks again
            let _ = waiting.send(answer.status);
        }
    }
}
