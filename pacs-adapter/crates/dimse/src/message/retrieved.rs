//! C-GET and C-MOVE as they are answered, which differs in the command field alone.

use super::{Command, Message, Remark, read};
use crate::{
    command::{CommandField, DataSetType},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::SopClassUid;

/// Which of the two is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retrieval {
    /// C-GET.
    Get,
    /// C-MOVE.
    Move,
}

/// C-GET-RSP and C-MOVE-RSP (PS3.7 9.3.3.2, 9.3.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveResponse {
    /// Which of the two.
    pub operation: Retrieval,
    /// Message ID of the request.
    pub message_id: u16,
    /// Affected SOP Class UID of the request; peers leave it out.
    pub sop_class: Option<SopClassUid>,
    /// What became of the request; pending while there are sub-operations left.
    pub status: Status,
    /// Whether a data set follows: the Failed SOP Instance UID List.
    pub data_set: DataSetType,
    /// How far the sub-operations are.
    pub counts: SubOperations,
    /// What there is to say about a failure.
    pub remark: Remark,
}

/// Numbers of sub-operations; `None` for one that is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubOperations {
    /// Not begun yet; told while pending and after a cancel.
    pub remaining: Option<u16>,
    /// Done.
    pub completed: Option<u16>,
    /// Failed.
    pub failed: Option<u16>,
    /// Done with a warning.
    pub warning: Option<u16>,
}

impl SubOperations {
    fn read(elements: &Elements<'_>) -> Result<Self, Error> {
        let count = |number| elements.us(number, "number of sub-operations");
        Ok(Self {
            remaining: count(element::REMAINING)?,
            completed: count(element::COMPLETED)?,
            failed: count(element::FAILED)?,
            warning: count(element::WARNING)?,
        })
    }

    fn write(&self, writer: Writer) -> Writer {
        let counts = [
            (element::REMAINING, self.remaining),
            (element::COMPLETED, self.completed),
            (element::FAILED, self.failed),
            (element::WARNING, self.warning),
        ];
        counts.into_iter().fold(writer, |writer, (number, count)| writer.optional_us(number, count))
    }
}

impl Retrieval {
    fn response(self) -> CommandField {
        match self {
            Self::Get => CommandField::CGetRsp,
            Self::Move => CommandField::CMoveRsp,
        }
    }
}

pub(super) fn read_response(elements: &Elements<'_>, operation: Retrieval) -> Result<Option<Command>, Error> {
    Ok(Some(Command::RetrieveResponse(RetrieveResponse {
        operation,
        message_id: read::responded_id(elements)?,
        sop_class: read::sop_class(elements),
        status: read::status(elements)?,
        data_set: read::data_set(elements)?,
        counts: SubOperations::read(elements)?,
        remark: Remark::read(elements),
    })))
}

impl Message for RetrieveResponse {
    fn field(&self) -> CommandField {
        self.operation.response()
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
        self.counts.write(self.remark.write(writer))
    }
}
