//! Messages (PS3.7 chapters 9 and 10): those of storage, query and retrieval, and storage commitment in their own
//! types, every other one as far as it must be understood to be answered.

mod action;
mod cancel;
mod echo;
mod event_report;
mod find;
mod generic;
mod read;
mod retrieve;
mod retrieved;
mod store;

pub use action::{ActionRequest, ActionResponse};
pub use cancel::CancelRequest;
pub use echo::{EchoRequest, EchoResponse};
pub use event_report::{EventReportRequest, EventReportResponse};
pub use find::{FindRequest, FindResponse};
pub use generic::Generic;
pub use read::Remark;
pub use retrieve::{GetRequest, MoveRequest};
pub use retrieved::{Retrieval, RetrieveResponse, SubOperations};
pub use store::{StoreRequest, StoreResponse};

use crate::{
    command::{CommandField, DataSetType, Priority},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{AeTitle, SopClassUid};

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
    /// C-FIND-RQ.
    FindRequest(FindRequest),
    /// C-FIND-RSP.
    FindResponse(FindResponse),
    /// C-GET-RQ.
    GetRequest(GetRequest),
    /// C-MOVE-RQ.
    MoveRequest(MoveRequest),
    /// C-GET-RSP or C-MOVE-RSP.
    RetrieveResponse(RetrieveResponse),
    /// C-CANCEL-RQ.
    CancelRequest(CancelRequest),
    /// N-ACTION-RQ.
    ActionRequest(ActionRequest),
    /// N-ACTION-RSP.
    ActionResponse(ActionResponse),
    /// N-EVENT-REPORT-RQ.
    EventReportRequest(EventReportRequest),
    /// N-EVENT-REPORT-RSP.
    EventReportResponse(EventReportResponse),
    /// Every other one.
    Generic(Generic),
}

/// What every message has.
trait Message {
    fn field(&self) -> CommandField;
    fn message_id(&self) -> u16;
    fn data_set(&self) -> DataSetType {
        DataSetType::Absent
    }
    fn status(&self) -> Option<Status> {
        None
    }
    /// Begins a response: the elements that all of them have.
    fn respond(&self, writer: Writer, sop_class: Option<&str>) -> Writer {
        writer
            .optional_uid(element::AFFECTED_SOP_CLASS, sop_class)
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID_RESPONDED, self.message_id())
            .us(element::DATA_SET_TYPE, self.data_set().code())
            .optional_us(element::STATUS, self.status().map(Status::code))
    }
    /// A question to an information model, whole; an identifier always follows.
    fn ask(&self, writer: Writer, sop_class: &SopClassUid, to: Option<&AeTitle>, priority: Priority) -> Writer {
        let writer = writer
            .uid(element::AFFECTED_SOP_CLASS, sop_class.as_str())
            .us(element::COMMAND_FIELD, self.field().code())
            .us(element::MESSAGE_ID, self.message_id());
        let destination = to.map(AeTitle::as_str);
        let writer = destination.into_iter().fold(writer, |writer, to| writer.spaced(element::MOVE_DESTINATION, to));
        writer.us(element::PRIORITY, priority.code()).us(element::DATA_SET_TYPE, self.data_set().code())
    }
    /// Writes the elements, ascending.
    fn write(&self, writer: Writer) -> Writer;
    fn answer(&self, _status: Status) -> Option<Command> {
        None
    }
}

/// The same of whichever message a command is.
macro_rules! of_message {
    ($command:expr, $message:ident => $what:expr) => {
        match $command {
            Command::EchoRequest($message) => $what,
            Command::EchoResponse($message) => $what,
            Command::StoreRequest($message) => $what,
            Command::StoreResponse($message) => $what,
            Command::FindRequest($message) => $what,
            Command::FindResponse($message) => $what,
            Command::GetRequest($message) => $what,
            Command::MoveRequest($message) => $what,
            Command::RetrieveResponse($message) => $what,
            Command::CancelRequest($message) => $what,
            Command::ActionRequest($message) => $what,
            Command::ActionResponse($message) => $what,
            Command::EventReportRequest($message) => $what,
            Command::EventReportResponse($message) => $what,
            Command::Generic($message) => $what,
        }
    };
}

impl Command {
    /// Reads a command set. Elements the message does not need are left out. A message that lacks what its own type
    /// must have, but can be answered, is a [`Generic`] one.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::CommandTooLarge`], [`Error::Missing`] or [`Error::BadValue`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let elements = Elements::read(bytes)?;
        let code = elements.us(element::COMMAND_FIELD, "command field")?.ok_or(Error::Missing("command field"))?;
        let field = CommandField::from_code(code);
        let own = match field {
            CommandField::CEchoRq => echo::read_request(&elements)?,
            CommandField::CEchoRsp => echo::read_response(&elements)?,
            CommandField::CStoreRq => store::read_request(&elements)?,
            CommandField::CStoreRsp => store::read_response(&elements)?,
            CommandField::CFindRq => find::read_request(&elements)?,
            CommandField::CFindRsp => find::read_response(&elements)?,
            CommandField::CGetRq => retrieve::read_get(&elements)?,
            CommandField::CMoveRq => retrieve::read_move(&elements)?,
            CommandField::CGetRsp => retrieved::read_response(&elements, Retrieval::Get)?,
            CommandField::CMoveRsp => retrieved::read_response(&elements, Retrieval::Move)?,
            CommandField::CCancelRq => cancel::read(&elements)?,
            CommandField::NActionRq => action::read_request(&elements)?,
            CommandField::NActionRsp => action::read_response(&elements)?,
            CommandField::NEventReportRq => event_report::read_request(&elements)?,
            CommandField::NEventReportRsp => event_report::read_response(&elements)?,
            _ => None,
        };
        match own {
            Some(command) => Ok(command),
            None => generic::read(&elements, field).map(Self::Generic),
        }
    }

    /// The command set: implicit VR little endian, elements ascending, group length computed.
    pub fn encode(&self) -> Vec<u8> {
        of_message!(self, message => message.write(Writer::new()).finish())
    }

    /// What it asks or answers.
    pub fn field(&self) -> CommandField {
        of_message!(self, message => message.field())
    }

    /// Its Message ID; of a response and of C-CANCEL the one it refers to.
    pub fn message_id(&self) -> u16 {
        of_message!(self, message => message.message_id())
    }

    /// Whether a data set follows.
    pub fn data_set(&self) -> DataSetType {
        of_message!(self, message => message.data_set())
    }

    /// What became of the request, in responses.
    pub fn status(&self) -> Option<Status> {
        of_message!(self, message => message.status())
    }

    /// The answer that says no more than a status; `None` when the message is one that is not answered.
    pub fn answer(&self, status: Status) -> Option<Self> {
        of_message!(self, message => message.answer(status))
    }
}
