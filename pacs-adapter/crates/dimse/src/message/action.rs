//! N-ACTION (PS3.7 10.1.4, 10.3.4).

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{InstanceUid, SopClassUid};

/// N-ACTION-RQ (PS3.7 10.3.4.1). Without one of its identifiers or its type it is a generic message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Requested SOP Class UID.
    pub sop_class: SopClassUid,
    /// Requested SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Action Type ID.
    pub action_type: u16,
    /// Whether a data set follows.
    pub data_set: DataSetType,
}

/// N-ACTION-RSP (PS3.7 10.3.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResponse {
    /// Message ID of the request.
    pub message_id: u16,
    /// Affected SOP Class UID; may be left out.
    pub sop_class: Option<SopClassUid>,
    /// Affected SOP Instance UID; may be left out.
    pub sop_instance: Option<InstanceUid>,
    /// Action Type ID; may be left out.
    pub action_type: Option<u16>,
    /// What became of the request.
    pub status: Status,
    /// Whether a data set follows.
    pub data_set: DataSetType,
}

fn action_type(elements: &Elements<'_>) -> Result<Option<u16>, Error> {
    elements.us(element::ACTION_TYPE, "action type id")
}

pub(super) fn read_request(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let (Some(sop_class), Some(sop_instance)) = (read::sop_class(elements), read::sop_instance(elements)) else {
        return Ok(None);
    };
    let Some(action_type) = action_type(elements)? else { return Ok(None) };
    let (message_id, data_set) = (read::message_id(elements)?, read::data_set(elements)?);
    let request = ActionRequest { message_id, sop_class, sop_instance, action_type, data_set };
    Ok(Some(Command::ActionRequest(request)))
}

pub(super) fn read_response(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    Ok(Some(Command::ActionResponse(ActionResponse {
        message_id: read::responded_id(elements)?,
        sop_class: read::sop_class(elements),
        sop_instance: read::sop_instance(elements),
        action_type: action_type(elements)?,
        status: read::status(elements)?,
        data_set: read::data_set(elements)?,
    })))
}

impl Message for ActionRequest {
    fn field(&self) -> CommandField {
        CommandField::NActionRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        self.data_set
    }

    fn write(&self, writer: Writer) -> Writer {
        writer
            .uid(element::REQUESTED_SOP_CLASS, self.sop_class.as_str())
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID, self.message_id)
            .us(element::DATA_SET_TYPE, self.data_set.code())
            .uid(element::REQUESTED_SOP_INSTANCE, self.sop_instance.as_str())
            .us(element::ACTION_TYPE, self.action_type)
    }

    fn answer(&self, status: Status) -> Option<Command> {
        Some(Command::ActionResponse(ActionResponse {
            message_id: self.message_id,
            sop_class: Some(self.sop_class.clone()),
            sop_instance: Some(self.sop_instance.clone()),
            action_type: Some(self.action_type),
            status,
            data_set: DataSetType::Absent,
        }))
    }
}

impl Message for ActionResponse {
    fn field(&self) -> CommandField {
        CommandField::NActionRsp
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
        self.respond(writer, self.sop_class.as_ref().map(SopClassUid::as_str))
            .optional_uid(element::AFFECTED_SOP_INSTANCE, self.sop_instance.as_ref().map(InstanceUid::as_str))
            .optional_us(element::ACTION_TYPE, self.action_type)
    }
}
