//! C-CANCEL (PS3.7 9.3.2.3, 9.3.3.3, 9.3.4.3): the same message for C-FIND, C-GET and C-MOVE, and not answered itself.

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
};

/// C-CANCEL-RQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelRequest {
    /// Message ID of the request that is to be given up.
    pub message_id: u16,
}

pub(super) fn read(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    if read::data_set(elements)? == DataSetType::Present {
        return Ok(None);
    }
    Ok(Some(Command::CancelRequest(CancelRequest { message_id: read::responded_id(elements)? })))
}

impl Message for CancelRequest {
    fn field(&self) -> CommandField {
        CommandField::CCancelRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn write(&self, writer: Writer) -> Writer {
        writer
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID_RESPONDED, self.message_id)
            .us(element::DATA_SET_TYPE, DataSetType::Absent.code())
    }
}
