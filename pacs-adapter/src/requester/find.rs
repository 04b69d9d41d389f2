//! C-FIND (PS3.4 C.4.1): matches one after the other.

use super::{
    association::{Association, answers},
    error::Error,
    identifier::{FIND, Identifier},
};
use dimse::{CancelRequest, Category, Command, DataSetType, Event, FindRequest, Priority, Status};
use imaging_domain::{DataSet, SopClassUid};

/// A search that is being answered. Ended with [`cancel`](Self::cancel) or when [`next`](Self::next) gave `None`; else
/// the association is of no more use.
pub struct Finding<'a> {
    association: &'a mut Association,
    context_id: u8,
    message_id: u16,
    ended: Option<Status>,
}

impl Association {
    /// C-FIND in the study root.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or what breaks the association.
    pub async fn find(&mut self, asked: &Identifier) -> Result<Finding<'_>, Error> {
        let context_id = self.context_of(FIND)?;
        let message_id = self.message_id();
        let sop_class = SopClassUid::parse(FIND).map_err(|_| Error::Unexpected("no class"))?;
        let request = FindRequest { message_id, priority: Priority::Medium, sop_class };
        self.send_command(context_id, &Command::FindRequest(request)).await?;
        self.send_identifier(context_id, asked).await?;
        Ok(Finding { association: self, context_id, message_id, ended: None })
    }
}

impl Finding<'_> {
    /// The next match; `None` at the end, whose [`status`](Self::status) says whether these were all.
    ///
    /// # Errors
    /// What breaks the association.
    pub async fn next(&mut self) -> Result<Option<DataSet>, Error> {
        while self.ended.is_none() {
            let Event::Command { command, .. } = self.association.event().await? else {
                return Err(Error::Unexpected("data without a message"));
            };
            let status = command.status().filter(|_| answers(&command, self.message_id));
            let status = status.ok_or(Error::Unexpected("an answer to something else"))?;
            let match_ = match command.data_set() {
                DataSetType::Present => Some(self.association.identifier().await?),
                DataSetType::Absent => None,
            };
            if status.category() != Category::Pending {
                self.ended = Some(status);
            } else if match_.is_some() {
                return Ok(match_);
            }
        }
        Ok(None)
    }

    /// How it ended; `None` while it has not.
    pub fn status(&self) -> Option<Status> {
        self.ended
    }

    /// C-CANCEL (PS3.4 C.4.1.3.2): no more matches are wanted. Those on their way are passed over.
    ///
    /// # Errors
    /// What breaks the association.
    pub async fn cancel(mut self) -> Result<Status, Error> {
        let cancel = Command::CancelRequest(CancelRequest { message_id: self.message_id });
        self.association.send_command(self.context_id, &cancel).await?;
        while self.next().await?.is_some() {}
        self.ended.ok_or(Error::Unexpected("no end of a search"))
    }
}
