//! N-EVENT-REPORT (PS3.7 10.1.1): a peer is told of something.

use super::{
    association::{Association, Part},
    error::Error,
};
use bytes::Bytes;
use dimse::{Command, EventReportRequest, Status};

impl Association {
    /// Sends a report with its data set, which is in the transfer syntax of the class's first accepted context; the Message ID
    /// is chosen here. The peer's status.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or what breaks the association.
    pub async fn report(&mut self, report: EventReportRequest, data_set: Bytes) -> Result<Status, Error> {
        let context_id = self.context_of(report.sop_class.as_str())?;
        let message_id = self.message_id();
        let command = Command::EventReportRequest(EventReportRequest { message_id, ..report });
        self.send_command(context_id, &command).await?;
        self.send_whole(context_id, data_set, Part::DataSet).await?;
        let answer = self.answer_to(message_id).await?;
        answer.status().ok_or(Error::Unexpected("an answer without a status"))
    }
}
