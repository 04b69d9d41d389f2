//! Messages (PS3.7 chapters 9 and 10): C-ECHO and C-STORE in their own types, every other one as far as it must be
//! understood to be answered.

use crate::{
    command::{CommandField, DataSetType, Priority},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{AeTitle, InstanceUid, SopClassUid};

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

/// One message without its data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// C-ECHO-RQ.
    EchoRequest(EchoRequest),
    /// C-ECHO-RSP.
    EchoResponse(EchoResponse),
    /// C-STORE-RQ.
    StoreRequest(StoreRequest),
    /// C-STORE-RSP.
    StoreResponse(StoreResponse),
    /// Every other one.
    Generic(Generic),
}

impl Command {
    /// Reads a command set. Elements the message does not need are left out.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::CommandTooLarge`], [`Error::Missing`] or [`Error::BadValue`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let elements = Elements::read(bytes)?;
        let code = elements.us(element::COMMAND_FIELD, "command field")?.ok_or(Error::Missing("command field"))?;
        Ok(match CommandField::from_code(code) {
            CommandField::CEchoRq if data_set(&elements)? == DataSetType::Absent => {
                Self::EchoRequest(EchoRequest { message_id: message_id(&elements, element::MESSAGE_ID)? })
            }
            CommandField::CEchoRsp if data_set(&elements)? == DataSetType::Absent => Self::EchoResponse(EchoResponse {
                message_id: message_id(&elements, element::MESSAGE_ID_RESPONDED)?,
                status: status(&elements)?.ok_or(Error::Missing("status"))?,
            }),
            CommandField::CStoreRq => store_request(&elements)?,
            CommandField::CStoreRsp if data_set(&elements)? == DataSetType::Absent => store_response(&elements)?,
            field => Self::Generic(generic(&elements, field)?),
        })
    }

    /// The command set: implicit VR little endian, elements ascending, group length computed.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::EchoRequest(echo) => Writer::new()
                .uid(element::AFFECTED_SOP_CLASS, crate::VERIFICATION)
                .us(element::COMMAND_FIELD, CommandField::CEchoRq.code())
                .us(element::MESSAGE_ID, echo.message_id)
                .us(element::DATA_SET_TYPE, DataSetType::Absent.code())
                .finish(),
            Self::EchoResponse(echo) => Writer::new()
                .uid(element::AFFECTED_SOP_CLASS, crate::VERIFICATION)
                .us(element::COMMAND_FIELD, CommandField::CEchoRsp.code())
                .us(element::MESSAGE_ID_RESPONDED, echo.message_id)
                .us(element::DATA_SET_TYPE, DataSetType::Absent.code())
                .us(element::STATUS, echo.status.code())
                .finish(),
            Self::StoreRequest(store) => encode_store_request(store),
            Self::StoreResponse(store) => Writer::new()
                .uid(element::AFFECTED_SOP_CLASS, store.sop_class.as_str())
                .us(element::COMMAND_FIELD, CommandField::CStoreRsp.code())
                .us(element::MESSAGE_ID_RESPONDED, store.message_id)
                .us(element::DATA_SET_TYPE, DataSetType::Absent.code())
                .us(element::STATUS, store.status.code())
                .uid(element::AFFECTED_SOP_INSTANCE, store.sop_instance.as_str())
                .finish(),
            Self::Generic(generic) => encode_generic(generic),
        }
    }

    /// What it asks or answers.
    pub fn field(&self) -> CommandField {
        match self {
            Self::EchoRequest(_) => CommandField::CEchoRq,
            Self::EchoResponse(_) => CommandField::CEchoRsp,
            Self::StoreRequest(_) => CommandField::CStoreRq,
            Self::StoreResponse(_) => CommandField::CStoreRsp,
            Self::Generic(generic) => generic.field,
        }
    }

    /// Its Message ID; of a response and of C-CANCEL the one it refers to.
    pub fn message_id(&self) -> u16 {
        match self {
            Self::EchoRequest(EchoRequest { message_id })
            | Self::EchoResponse(EchoResponse { message_id, .. })
            | Self::StoreRequest(StoreRequest { message_id, .. })
            | Self::StoreResponse(StoreResponse { message_id, .. })
            | Self::Generic(Generic { message_id, .. }) => *message_id,
        }
    }

    /// Whether a data set follows.
    pub fn data_set(&self) -> DataSetType {
        match self {
            Self::StoreRequest(_) => DataSetType::Present,
            Self::Generic(generic) => generic.data_set,
            _ => DataSetType::Absent,
        }
    }

    /// What became of the request, in responses.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::EchoResponse(EchoResponse { status, .. }) | Self::StoreResponse(StoreResponse { status, .. }) => {
                Some(*status)
            }
            Self::Generic(generic) => generic.status,
            _ => None,
        }
    }

    /// The answer that says no more than a status; `None` when the message is one that is not answered.
    pub fn answer(&self, status: Status) -> Option<Self> {
        match self {
            Self::EchoRequest(echo) => Some(Self::EchoResponse(EchoResponse { message_id: echo.message_id, status })),
            Self::StoreRequest(store) => Some(Self::StoreResponse(StoreResponse {
                message_id: store.message_id,
                sop_class: store.sop_class.clone(),
                sop_instance: store.sop_instance.clone(),
                status,
            })),
            Self::Generic(generic) => generic.field.response().map(|field| {
                let data_set = DataSetType::Absent;
                Self::Generic(Generic { field, data_set, status: Some(status), ..generic.clone() })
            }),
            Self::EchoResponse(_) | Self::StoreResponse(_) => None,
        }
    }
}

fn data_set(elements: &Elements<'_>) -> Result<DataSetType, Error> {
    let code = elements.us(element::DATA_SET_TYPE, "command data set type")?;
    code.map(DataSetType::from_code).ok_or(Error::Missing("command data set type"))
}

fn message_id(elements: &Elements<'_>, number: u16) -> Result<u16, Error> {
    elements.us(number, "message id")?.ok_or(Error::Missing("message id"))
}

fn status(elements: &Elements<'_>) -> Result<Option<Status>, Error> {
    Ok(elements.us(element::STATUS, "status")?.map(Status::from_code))
}

/// The first of the two that is there, when it is an identifier at all: one that is none costs its own message an
/// answer of failure, not the association.
fn sop_class(elements: &Elements<'_>) -> Option<SopClassUid> {
    let text = |number| elements.text(number).and_then(|text| SopClassUid::parse(text).ok());
    text(element::AFFECTED_SOP_CLASS).or_else(|| text(element::REQUESTED_SOP_CLASS))
}

fn sop_instance(elements: &Elements<'_>) -> Option<InstanceUid> {
    let text = |number| elements.text(number).and_then(|text| InstanceUid::parse(text).ok());
    text(element::AFFECTED_SOP_INSTANCE).or_else(|| text(element::REQUESTED_SOP_INSTANCE))
}

/// A C-STORE-RQ; without its identifiers it is a generic one.
fn store_request(elements: &Elements<'_>) -> Result<Command, Error> {
    // PS3.7 9.3.1.1 has no C-STORE without a data set; one that says so cannot be answered in step with its sender.
    if data_set(elements)? == DataSetType::Absent {
        return Err(Error::BadValue("command data set type"));
    }
    let (Some(sop_class), Some(sop_instance)) = (sop_class(elements), sop_instance(elements)) else {
        return generic(elements, CommandField::CStoreRq).map(Command::Generic);
    };
    let originator = elements.text(element::MOVE_ORIGINATOR_AE).and_then(|text| AeTitle::parse(text).ok());
    let originator_message = elements.us(element::MOVE_ORIGINATOR_MESSAGE, "move originator message id")?;
    Ok(Command::StoreRequest(StoreRequest {
        message_id: message_id(elements, element::MESSAGE_ID)?,
        priority: Priority::from_code(elements.us(element::PRIORITY, "priority")?.unwrap_or(0)),
        sop_class,
        sop_instance,
        move_originator: originator.zip(originator_message),
    }))
}

/// PS3.7 table 9.3-2 lets a response leave its identifiers out; without them it is a generic one.
fn store_response(elements: &Elements<'_>) -> Result<Command, Error> {
    let (Some(sop_class), Some(sop_instance)) = (sop_class(elements), sop_instance(elements)) else {
        return generic(elements, CommandField::CStoreRsp).map(Command::Generic);
    };
    let message_id = message_id(elements, element::MESSAGE_ID_RESPONDED)?;
    let status = status(elements)?.ok_or(Error::Missing("status"))?;
    Ok(Command::StoreResponse(StoreResponse { message_id, sop_class, sop_instance, status }))
}

fn refers_to(field: CommandField) -> u16 {
    if field.is_response() || field == CommandField::CCancelRq {
        element::MESSAGE_ID_RESPONDED
    } else {
        element::MESSAGE_ID
    }
}

fn generic(elements: &Elements<'_>, field: CommandField) -> Result<Generic, Error> {
    Ok(Generic {
        field,
        message_id: message_id(elements, refers_to(field))?,
        sop_class: sop_class(elements),
        sop_instance: sop_instance(elements),
        data_set: data_set(elements)?,
        status: status(elements)?,
    })
}

fn encode_generic(generic: &Generic) -> Vec<u8> {
    let mut writer = Writer::new();
    if let Some(uid) = &generic.sop_class {
        writer = writer.uid(element::AFFECTED_SOP_CLASS, uid.as_str());
    }
    writer = writer
        .us(element::COMMAND_FIELD, generic.field.code())
        .us(refers_to(generic.field), generic.message_id)
        .us(element::DATA_SET_TYPE, generic.data_set.code());
    if let Some(status) = generic.status {
        writer = writer.us(element::STATUS, status.code());
    }
    if let Some(uid) = &generic.sop_instance {
        writer = writer.uid(element::AFFECTED_SOP_INSTANCE, uid.as_str());
    }
    writer.finish()
}

fn encode_store_request(store: &StoreRequest) -> Vec<u8> {
    let writer = Writer::new()
        .uid(element::AFFECTED_SOP_CLASS, store.sop_class.as_str())
        .us(element::COMMAND_FIELD, CommandField::CStoreRq.code())
        .us(element::MESSAGE_ID, store.message_id)
        .us(element::PRIORITY, store.priority.code())
        .us(element::DATA_SET_TYPE, DataSetType::Present.code())
        .uid(element::AFFECTED_SOP_INSTANCE, store.sop_instance.as_str());
    match &store.move_originator {
        None => writer.finish(),
        Some((ae, message_id)) => writer
            .ae(element::MOVE_ORIGINATOR_AE, ae.as_str())
            .us(element::MOVE_ORIGINATOR_MESSAGE, *message_id)
            .finish(),
    }
}
