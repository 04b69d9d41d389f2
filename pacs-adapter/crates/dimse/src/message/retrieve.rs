//! C-GET and C-MOVE as they are asked (PS3.7 9.1.3, 9.1.4, 9.3.3, 9.3.4).

use super::{Command, Message, Remark, Retrieval, RetrieveResponse, SubOperations, read};
use crate::{
    command::{CommandField, DataSetType, Priority},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{AeTitle, SopClassUid};

/// C-GET-RQ (PS3.7 9.3.3.1). A data set, the identifier, always follows; one without is a generic message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Priority; nothing here is decided by it.
    pub priority: Priority,
    /// Affected SOP Class UID: the information model that is asked.
    pub sop_class: SopClassUid,
}

/// C-MOVE-RQ (PS3.7 9.3.4.1). A data set, the identifier, always follows; one without it, or without a destination
/// that is a title, is a generic message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Priority; nothing here is decided by it.
    pub priority: Priority,
    /// Affected SOP Class UID: the information model that is asked.
    pub sop_class: SopClassUid,
    /// Move Destination.
    pub destination: AeTitle,
}

pub(super) fn read_get(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let request = read::asked(elements)?;
    Ok(request
        .map(|(message_id, priority, sop_class)| Command::GetRequest(GetRequest { message_id, priority, sop_class })))
}

pub(super) fn read_move(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let destination = elements.text(element::MOVE_DESTINATION).and_then(|text| AeTitle::parse(text).ok());
    Ok(read::asked(elements)?.zip(destination).map(|((message_id, priority, sop_class), destination)| {
        Command::MoveRequest(MoveRequest { message_id, priority, sop_class, destination })
    }))
}

fn answer(operation: Retrieval, message_id: u16, sop_class: &SopClassUid, status: Status) -> Option<Command> {
    let (sop_class, data_set) = (Some(sop_class.clone()), DataSetType::Absent);
    let (counts, remark) = (SubOperations::default(), Remark::default());
    let response = RetrieveResponse { operation, message_id, sop_class, status, data_set, counts, remark };
    Some(Command::RetrieveResponse(response))
}

impl Message for GetRequest {
    fn field(&self) -> CommandField {
        CommandField::CGetRq
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
        answer(Retrieval::Get, self.message_id, &self.sop_class, status)
    }
}

impl Message for MoveRequest {
    fn field(&self) -> CommandField {
        CommandField::CMoveRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        DataSetType::Present
    }

    fn write(&self, writer: Writer) -> Writer {
        self.ask(writer, &self.sop_class, Some(&self.destination), self.priority)
    }

    fn answer(&self, status: Status) -> Option<Command> {
        answer(Retrieval::Move, self.message_id, &self.sop_class, status)
    }
}
