//! Elements that several messages have.

use crate::{
    command::{DataSetType, Priority},
    command_set::{Elements, Writer, element},
    error::Error,
    status::Status,
};
use imaging_domain::{InstanceUid, SopClassUid, Tag};

/// What a response adds to its status (PS3.7 C.1): for whoever looks for the cause, not for programs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remark {
    /// Offending Element (0000,0901): which attributes of the data set were at fault.
    pub offending: Vec<Tag>,
    /// Error Comment (0000,0902), at most 64 characters when it is ours.
    pub comment: Option<String>,
}

impl Remark {
    /// A remark in words alone, which are 64 characters of ASCII at most.
    pub fn comment(text: &str) -> Self {
        Self { offending: vec![], comment: Some(text.to_owned()) }
    }

    pub(super) fn read(elements: &Elements<'_>) -> Self {
        let comment = elements.text(element::ERROR_COMMENT).map(str::to_owned);
        Self { offending: elements.tags(element::OFFENDING_ELEMENT), comment }
    }

    pub(super) fn write(&self, mut writer: Writer) -> Writer {
        if !self.offending.is_empty() {
            writer = writer.tags(element::OFFENDING_ELEMENT, &self.offending);
        }
        match &self.comment {
            Some(comment) => writer.spaced(element::ERROR_COMMENT, comment),
            None => writer,
        }
    }
}

pub(super) fn data_set(elements: &Elements<'_>) -> Result<DataSetType, Error> {
    let code = elements.us(element::DATA_SET_TYPE, "command data set type")?;
    code.map(DataSetType::from_code).ok_or(Error::Missing("command data set type"))
}

/// Message ID of a request.
pub(super) fn message_id(elements: &Elements<'_>) -> Result<u16, Error> {
    elements.us(element::MESSAGE_ID, "message id")?.ok_or(Error::Missing("message id"))
}

/// Message ID Being Responded To, of a response and of C-CANCEL.
pub(super) fn responded_id(elements: &Elements<'_>) -> Result<u16, Error> {
    elements.us(element::MESSAGE_ID_RESPONDED, "message id")?.ok_or(Error::Missing("message id"))
}

pub(super) fn priority(elements: &Elements<'_>) -> Result<Priority, Error> {
    Ok(Priority::from_code(elements.us(element::PRIORITY, "priority")?.unwrap_or(0)))
}

pub(super) fn status(elements: &Elements<'_>) -> Result<Status, Error> {
    optional_status(elements)?.ok_or(Error::Missing("status"))
}

pub(super) fn optional_status(elements: &Elements<'_>) -> Result<Option<Status>, Error> {
    Ok(elements.us(element::STATUS, "status")?.map(Status::from_code))
}

/// The first of Affected and Requested that is there, when it is an identifier at all: one that is none costs its own
/// message an answer of failure, not the association.
pub(super) fn sop_class(elements: &Elements<'_>) -> Option<SopClassUid> {
    let text = |number| elements.text(number).and_then(|text| SopClassUid::parse(text).ok());
    text(element::AFFECTED_SOP_CLASS).or_else(|| text(element::REQUESTED_SOP_CLASS))
}

/// As [`sop_class`].
pub(super) fn sop_instance(elements: &Elements<'_>) -> Option<InstanceUid> {
    let text = |number| elements.text(number).and_then(|text| InstanceUid::parse(text).ok());
    text(element::AFFECTED_SOP_INSTANCE).or_else(|| text(element::REQUESTED_SOP_INSTANCE))
}

/// What C-FIND, C-GET and C-MOVE ask with; `None` when one of them is missing.
pub(super) fn asked(elements: &Elements<'_>) -> Result<Option<(u16, Priority, SopClassUid)>, Error> {
    let Some(sop_class) = sop_class(elements) else { return Ok(None) };
    if data_set(elements)? == DataSetType::Absent {
        return Ok(None);
    }
    Ok(Some((message_id(elements)?, priority(elements)?, sop_class)))
}
