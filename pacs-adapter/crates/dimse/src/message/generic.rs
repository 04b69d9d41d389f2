//! Any other message.

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{InstanceUid, SopClassUid};

/// Any other message, by what all of them have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generic {
    /// What it asks or answers.
    pub field: CommandField,
    /// Message ID of a request; of a response and of C-CANCEL the one it refers to.
    pub message_id: u16,
    /// Affected, or else Requested, SOP Class UID; `None` too when what is there is no identifier.
    pub sop_class: Option<SopClassUid>,
    /// Affected, or else Requested, SOP Instance UID; `None` too when what is there is no identifier.
    pub sop_instance: Option<InstanceUid>,
    /// Whether a data set follows.
    pub data_set: DataSetType,
    /// What became of the request, in responses.
    pub status: Option<Status>,
}

fn is_responding(field: CommandField) -> bool {
    field.is_response() || field == CommandField::CCancelRq
}

pub(super) fn read(elements: &Elements<'_>, field: CommandField) -> Result<Generic, Error> {
    Ok(Generic {
        field,
        message_id: if is_responding(field) { read::responded_id(elements)? } else { read::message_id(elements)? },
        sop_class: read::sop_class(elements),
        sop_instance: read::sop_instance(elements),
        data_set: read::data_set(elements)?,
        status: read::optional_status(elements)?,
    })
}

impl Message for Generic {
    fn field(&self) -> CommandField {
        self.field
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        self.data_set
    }

    fn status(&self) -> Option<Status> {
        self.status
    }

    fn write(&self, writer: Writer) -> Writer {
        let id = if is_responding(self.field) { element::MESSAGE_ID_RESPONDED } else { element::MESSAGE_ID };
        writer
            .optional_uid(element::AFFECTED_SOP_CLASS, self.sop_class.as_ref().map(SopClassUid::as_str))
            .us(element::COMMAND_FIELD, self.field.code())
            .us(id, self.message_id)
            .us(element::DATA_SET_TYPE, self.data_set.code())
            .optional_us(element::STATUS, self.status.map(Status::code))
            .optional_uid(element::AFFECTED_SOP_INSTANCE, self.sop_instance.as_ref().map(InstanceUid::as_str))
    }

    fn answer(&self, status: Status) -> Option<Command> {
        self.field.response().map(|field| {
            let data_set = DataSetType::Absent;
            Command::Generic(Self { field, data_set, status: Some(status), ..self.clone() })
        })
    }
}
