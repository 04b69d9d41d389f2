//! N-EVENT-REPORT (PS3.7 10.1.1, 10.3.1).

use super::{Command, Message, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{InstanceUid, SopClassUid};

/// N-EVENT-REPORT-RQ (PS3.7 10.3.1.1). Without one of its identifiers or its type it is a generic message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventReportRequest {
    /// Message ID, chosen by the asker.
    pub message_id: u16,
    /// Affected SOP Class UID.
    pub sop_class: SopClassUid,
    /// Affected SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Event Type ID.
    pub event_type: u16,
    /// Whether a data set follows.
    pub data_set: DataSetType,
}

/// N-EVENT-REPORT-RSP (PS3.7 10.3.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventReportResponse {
    /// Message ID of the request.
    pub message_id: u16,
    /// Affected SOP Class UID; may be left out.
    pub sop_class: Option<SopClassUid>,
    /// Affected SOP Instance UID; may be left out.
    pub sop_instance: Option<InstanceUid>,
    /// Event Type ID; may be left out.
    pub event_type: Option<u16>,
    /// What became of the request.
    pub status: Status,
    /// Whether a data set follows.
    pub data_set: DataSetType,
}

fn event_type(elements: &Elements<'_>) -> Result<Option<u16>, Error> {
    elements.us(element::EVENT_TYPE, "event type id")
}

pub(super) fn read_request(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    let (Some(sop_class), Some(sop_instance)) = (read::sop_class(elements), read::sop_instance(elements)) else {
        return Ok(None);
    };
    let Some(event_type) = event_type(elements)? else { return Ok(None) };
    let (message_id, data_set) = (read::message_id(elements)?, read::data_set(elements)?);
    let request = EventReportRequest { message_id, sop_class, sop_instance, event_type, data_set };
    Ok(Some(Command::EventReportRequest(request)))
}

pub(super) fn read_response(elements: &Elements<'_>) -> Result<Option<Command>, Error> {
    Ok(Some(Command::EventReportResponse(EventReportResponse {
        message_id: read::responded_id(elements)?,
        sop_class: read::sop_class(elements),
        sop_instance: read::sop_instance(elements),
        event_type: event_type(elements)?,
        status: read::status(elements)?,
        data_set: read::data_set(elements)?,
    })))
}

impl Message for EventReportRequest {
    fn field(&self) -> CommandField {
        CommandField::NEventReportRq
    }

    fn message_id(&self) -> u16 {
        self.message_id
    }

    fn data_set(&self) -> DataSetType {
        self.data_set
    }

    fn write(&self, writer: Writer) -> Writer {
        writer
            .uid(element::AFFECTED_SOP_CLASS, self.sop_class.as_str())
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID, self.message_id)
            .us(element::DATA_SET_TYPE, self.data_set.code())
            .uid(element::AFFECTED_SOP_INSTANCE, self.sop_instance.as_str())
            .us(element::EVENT_TYPE, self.event_type)
    }

    fn answer(&self, status: Status) -> Option<Command> {
        Some(Command::EventReportResponse(EventReportResponse {
            message_id: self.message_id,
            sop_class: Some(self.sop_class.clone()),
            sop_instance: Some(self.sop_instance.clone()),
            event_type: Some(self.event_type),
            status,
            data_set: DataSetType::Absent,
        }))
    }
}

impl Message for EventReportResponse {
    fn field(&self) -> CommandField {
        CommandField::NEventReportRsp
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
            .optional_us(element::EVENT_TYPE, self.event_type)
    }
}
