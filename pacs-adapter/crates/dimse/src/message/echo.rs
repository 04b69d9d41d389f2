//! C-ECHO (PS3.7 9.1.5, 9.3.5).

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};

/// C-ECHO-RQ (PS3.7 9.3.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EchoRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
}

/// C-ECHO-RSP (PS3.7 9.3.5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EchoResponse {
    /// Message ID of the request.
    pub message_id: u16,
    /// What became of it.
    pub status: Status,
}

pub(super) fn read_request(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    if read::data_set(elements)? == DataSetType::Present {
        return Ok(None);
    }
    Ok(Some(Command::EchoRequest(EchoRequest { message_id: read::message_id(elements)? })))
}

pub(super) fn read_response(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    if read::data_set(elements)? == DataSetType::Present {
        return Ok(None);
    }
    let (message_id, status) = (read::responded_id(elements)?, read::status(elements)?);
    Ok(Some(Command::EchoResponse(EchoResponse { message_id, status })))
}

impl Message for EchoRequest {
    fn field(&self) -> CommandField {
        CommandField::CEchoRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn write(&self, writer: Writer) -> Writer {
        writer
            .uid(element::AFFECTED_SOP_CLASS, crate::VERIFICATION)
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID, self.message_id)
            .us(element::DATA_SET_TYPE, DataSetType::Absent.code())
    }

    fn answer(&self, status: Status) -> Option<Command> {
        Some(Command::EchoResponse(EchoResponse { message_id: self.message_id, status }))
    }
}

impl Message for EchoResponse {
    fn field(&self) -> CommandField {
        CommandField::CEchoRsp
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn status(&self) -> Option<Status> {
        Some(self.status)
    }

    fn write(&self, writer: Writer) -> Writer {
        self.respond(writer, Some(crate::VERIFICATION))
    }
}
