//! C-STORE (PS3.7 9.1.1, 9.3.1).

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType, Priority},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{AeTitle, InstanceUid, SopClassUid};

/// C-STORE-RQ (PS3.7 9.3.1.1). A data set always follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Priority; nothing here is decided by it.
    pub priority: Priority,
    /// Affected SOP Class UID.
    pub sop_class: SopClassUid,
    /// Affected SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Who asked for the C-MOVE that this is part of; `None` when it was nobody, or a title that is none.
    pub move_originator: Option<(AeTitle, u16)>,
}

/// C-STORE-RSP (PS3.7 9.3.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreResponse {
    /// Message ID of the request.
    pub message_id: u16,
    /// Affected SOP Class UID of the request.
    pub sop_class: SopClassUid,
    /// Affected SOP Instance UID of the request.
    pub sop_instance: InstanceUid,
    /// What became of it.
    pub status: Status,
}

/// Without its identifiers it is a generic one.
pub(super) fn read_request(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    // PS3.7 9.3.1.1 has no C-STORE without a data set; one that says so cannot be answered in step with its sender.
    if read::data_set(elements)? == DataSetType::Absent {
        return Err(Error::BadValue("command data set type"));
    }
    let (Some(sop_class), Some(sop_instance)) = (read::sop_class(elements), read::sop_instance(elements)) else {
        return Ok(None);
    };
    let originator = elements.text(element::MOVE_ORIGINATOR_AE).and_then(|text| AeTitle::parse(text).ok());
    let originator_message = elements.us(element::MOVE_ORIGINATOR_MESSAGE, "move originator message id")?;
    Ok(Some(Command::StoreRequest(StoreRequest {
        message_id: read::message_id(elements)?,
        priority: read::priority(elements)?,
        sop_class,
        sop_instance,
        move_originator: originator.zip(originator_message),
    })))
}

/// PS3.7 table 9.3-2 lets a response leave its identifiers out; without them it is a generic one.
pub(super) fn read_response(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let (Some(sop_class), Some(sop_instance)) = (read::sop_class(elements), read::sop_instance(elements)) else {
        return Ok(None);
    };
    if read::data_set(elements)? == DataSetType::Present {
        return Ok(None);
    }
    let (message_id, status) = (read::responded_id(elements)?, read::status(elements)?);
    Ok(Some(Command::StoreResponse(StoreResponse { message_id, sop_class, sop_instance, status })))
}

impl Message for StoreRequest {
    fn field(&self) -> CommandField {
        CommandField::CStoreRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        DataSetType::Present
    }

    fn write(&self, writer: Writer) -> Writer {
        let writer = writer
            .uid(element::AFFECTED_SOP_CLASS, self.sop_class.as_str())
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID, self.message_id)
            .us(element::PRIORITY, self.priority.code())
            .us(element::DATA_SET_TYPE, DataSetType::Present.code())
            .uid(element::AFFECTED_SOP_INSTANCE, self.sop_instance.as_str());
        match &self.move_originator {
            None => writer,
            Some((ae, message_id)) => writer
                .spaced(element::MOVE_ORIGINATOR_AE, ae.as_str())
                .us(element::MOVE_ORIGINATOR_MESSAGE, *message_id),
        }
    }

    fn answer(&self, status: Status) -> Option<Command> {
        let (sop_class, sop_instance) = (self.sop_class.clone(), self.sop_instance.clone());
        Some(Command::StoreResponse(StoreResponse { message_id: self.message_id, sop_class, sop_instance, status }))
    }
}

impl Message for StoreResponse {
    fn field(&self) -> CommandField {
        CommandField::CStoreRsp
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn status(&self) -> Option<Status> {
        Some(self.status)
    }

    fn write(&self, writer: Writer) -> Writer {
        self.respond(writer, Some(self.sop_class.as_str()))
            .uid(element::AFFECTED_SOP_INSTANCE, self.sop_instance.as_str())
    }
}
