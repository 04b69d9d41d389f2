//! C-FIND (PS3.7 9.1.2, 9.3.2).

use super::{Command, Message, Remark, read};
use crate::{
    command::{CommandField, DataSetType, Priority},
    command_set::{Elements, Writer},
    error::Error,
    status::Status,
};
use imaging_domain::SopClassUid;

/// C-FIND-RQ (PS3.7 9.3.2.1). A data set, the identifier, always follows; one without is a generic message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Priority; nothing here is decided by it.
    pub priority: Priority,
    /// Affected SOP Class UID: the information model that is asked.
    pub sop_class: SopClassUid,
}

/// C-FIND-RSP (PS3.7 9.3.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindResponse {
    /// Message ID of the request.
    pub message_id: u16,
    /// Affected SOP Class UID of the request; peers leave it out.
    pub sop_class: Option<SopClassUid>,
    /// What became of the request; pending with a match.
    pub status: Status,
    /// Whether a data set, the match, follows.
    pub data_set: DataSetType,
    /// What there is to say about a failure.
    pub remark: Remark,
}

pub(super) fn read_request(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let request = read::asked(elements)?;
    Ok(request
        .map(|(message_id, priority, sop_class)| Command::FindRequest(FindRequest { message_id, priority, sop_class })))
}

pub(super) fn read_response(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    Ok(Some(Command::FindResponse(FindResponse {
        message_id: read::responded_id(elements)?,
        sop_class: read::sop_class(elements),
        status: read::status(elements)?,
        data_set: read::data_set(elements)?,
        remark: Remark::read(elements),
    })))
}

impl Message for FindRequest {
    fn field(&self) -> CommandField {
        CommandField::CFindRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        DataSetType::Present
    }

    fn write(&self, writer: Writer) -> Writer {
        self.ask(writer, &self.sop_class, None, self.priority)
    }

    fn answer(&self, status: Status) -> Option<Command> {
        let (sop_class, data_set) = (Some(self.sop_class.clone()), DataSetType::Absent);
        let (message_id, remark) = (self.message_id, Remark::default());
        Some(Command::FindResponse(FindResponse { message_id, sop_class, status, data_set, remark }))
    }
}

impl Message for FindResponse {
    fn field(&self) -> CommandField {
        CommandField::CFindRsp
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        self.data_set
    }

    fn status(&self) -> Option<Status> {
        Some(self.status)
    }

    fn write(&self, writer: Writer) -> Writer {
        let writer = self.respond(writer, self.sop_class.as_ref().map(SopClassUid::as_str));
        self.remark.write(writer)
    }
}
